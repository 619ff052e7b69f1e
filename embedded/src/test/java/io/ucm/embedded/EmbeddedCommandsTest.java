// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static io.ucm.embedded.TestServers.ask;
import static io.ucm.embedded.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real faults to real servers. One start for all, so each leaves three nodes and a Redis. */
@ExtendWith(TestServers.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EmbeddedCommandsTest {

    private static final FakeConfigurationAdmin ADMIN = new FakeConfigurationAdmin();
    private static final String HA = "io.ucm.cluster~main";

    @TempDir(factory = InMemory.class)
    static Path instance;

    private static EmbeddedServers servers;
    private static EmbeddedCommands commands;

    @BeforeAll
    static void start() throws SQLException {
        servers = TestServers.start(instance, TestServers.cache(), ADMIN);
        commands = TestServers.commands();
        try (Connection admin = as("n1", "ADMIN")) {
            run(admin, "create table entry(note text)");
        }
    }

    @AfterAll
    static void stop() {
        servers.stop();
        assertThat(TestServers.COMMANDS).isEmpty();
        assertThatThrownBy(() -> commands.kill(false, "n1")).hasMessage("the embedded servers are stopping");
        assertThat(instance).isEmptyDirectory();
        assertThat(TestServers.children()).isEmpty();
    }

    private static Connection as(String node, String mode) throws SQLException {
        return TestServers.connect(ADMIN, node, "io.ucm.mode~main-" + mode);
    }

    private static List<ProcessHandle> family(String node) throws IOException {
        ProcessHandle server = ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(instance.resolve("embedded/" + node + "/postmaster.pid"))
                                .get(0)))
                .orElseThrow();
        return Stream.concat(Stream.of(server), server.descendants()).toList();
    }

    private static void promote(String node) throws SQLException {
        try (Connection ha = TestServers.connect(ADMIN, node, HA)) {
            assertThat(ask(ha, "select pg_promote(true, 10)")).isEqualTo("t");
        }
    }

    private static void assertSynchronousCommit(String primary, String note) throws SQLException {
        try (Connection writer = as(primary, "ASYNC_MODERN")) {
            writer.setNetworkTimeout(Runnable::run, 10_000);
            run(writer, "insert into entry values ('" + note + "')");
        }
    }

    private static void assertStreams(String replica, String from) throws SQLException {
        try (Connection ha = TestServers.connect(ADMIN, replica, HA)) {
            assertThat(ask(ha, "select status || ' ' || sender_port from pg_stat_wal_receiver"))
                    .isEqualTo("streaming " + TestServers.address(ADMIN, from).split(":")[1]);
        }
    }

    @Test
    @Order(1)
    void aFrozenNodeStopsWithAllItsChildrenAndGoesOn() throws Exception {
        assertThat(commands.thaw(false, "n3")).hasToString("n3 is not frozen");

        assertThat(commands.freeze(true, "n3"))
                .isEqualTo("{\"node\":\"n3\",\"state\":\"FROZEN\",\"changed\":true,"
                        + "\"message\":\"n3 is frozen; let it go on with embedded:thaw n3\"}");

        assertThat(family("n3")).hasSizeGreaterThan(3).allMatch(process -> Proc.state(process) == 'T');
        assertThat(commands.freeze(false, "n3"))
                .hasToString("n3 is frozen already; let it go on with embedded:thaw n3");
        assertThat(commands.thaw(false, "n3")).hasToString("n3 goes on");
        assertThat(family("n3")).noneMatch(process -> Proc.state(process) == 'T');
        try (Connection reader = as("n3", "MCP_SERVER")) {
            assertThat(ask(reader, "select 1")).isEqualTo("1");
        }
    }

    @Test
    @Order(2)
    void aKilledPrimaryComesBackAsAReplicaOfTheNextOne() throws Exception {
        assertSynchronousCommit("n1", "first");
        List<ProcessHandle> family = family("n1");

        assertThat(commands.kill(false, "primary")).hasToString("n1 is killed; bring it back with embedded:rejoin n1");

        assertThat(family).hasSizeGreaterThan(3).allMatch(TestServers::gone);
        assertThat(commands.kill(true, "n1"))
                .asString()
                .contains("\"changed\":false", "n1 is not running; bring it back with embedded:rejoin n1");
        assertThat(commands.freeze(false, "n1")).asString().startsWith("n1 is not running");
        assertThat(commands.thaw(false, "n1")).asString().startsWith("n1 is not running");
        assertThatThrownBy(() -> commands.rejoin(false, "n1"))
                .hasMessage("no node is the primary now: n1 is not running, n2 is a replica, n3 is a replica");

        promote("n2");
        assertThatThrownBy(() -> commands.rejoin(false, "n2")).hasMessageStartingWith("n2 is the primary");
        assertThatThrownBy(() -> commands.rejoin(false, "primary")).hasMessageStartingWith("n2 is the primary");
        assertThat(commands.rejoin(false, "n1")).hasToString("n1 is back as a replica of n2, from a fresh copy");
        assertSynchronousCommit("n2", "second");
        assertStreams("n1", "n2");
        assertThat(commands.rejoin(false, "n1")).hasToString("n1 is a replica of n2 and streams");

        // n3 still looks for its primary where n1 is now.
        assertThat(commands.rejoin(false, "n3")).hasToString("n3 is back as a replica of n2, from a fresh copy");
        assertStreams("n3", "n2");
        try (Connection reader = as("n3", "MCP_SERVER")) {
            assertThat(ask(reader, "select string_agg(note, ' ') from entry")).isEqualTo("first second");
        }
    }

    @Test
    @Order(3)
    void ofTwoPrimariesTheOneOfTheHigherTimelineCountsAndTheOtherCanRejoin() throws Exception {
        commands.freeze(false, "primary");
        assertThatThrownBy(() -> commands.kill(false, "primary"))
                .hasMessage("no node is the primary now: n1 is a replica, n2 is frozen, n3 is a replica");
        promote("n1");
        commands.thaw(false, "n2");

        assertThat(commands.freeze(false, "primary")).asString().startsWith("n1 is frozen");
        assertThatThrownBy(() -> commands.rejoin(false, "n3"))
                .as("a copy of the older timeline")
                .hasMessageContaining("n2 says that it is the primary on timeline 2, but n1 knows timeline 3");
        commands.thaw(false, "n1");
        assertThat(commands.rejoin(false, "n2")).hasToString("n2 is back as a replica of n1, from a fresh copy");
        commands.rejoin(false, "n3");
        assertSynchronousCommit("n1", "third");
        try (Connection ha = TestServers.connect(ADMIN, "n1", HA)) {
            assertThat(ask(
                            ha,
                            "select string_agg(application_name || ' ' || state || ' ' || sync_state, ', '"
                                    + " order by application_name) from pg_stat_replication"))
                    .isEqualTo("n2 streaming quorum, n3 streaming quorum");
        }
    }

    @Test
    @Order(4)
    void aReplicaRejoinsWhileThePrimaryIsWrittenTo() throws Exception {
        commands.kill(false, "n2");
        try (Connection writer = as("n1", "ASYNC_MODERN")) {
            Thread load = new Thread(() -> {
                try {
                    for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                        run(writer, "insert into entry select repeat('x', 1000) from generate_series(1, 50)");
                        run(writer, "create table passing" + i + " as select 1 as id");
                        run(writer, "drop table passing" + i);
                    }
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            load.start();
            try {
                assertThat(commands.rejoin(false, "n2")).asString().startsWith("n2 is back as a replica of n1");
            } finally {
                load.interrupt();
                load.join(10_000);
            }
            String count = "select count(*) || ' ' || coalesce(sum(length(note)), 0) from entry";
            String written = ask(writer, count);
            try (Connection reader = as("n2", "MCP_SERVER")) {
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(ask(reader, count)).isEqualTo(written));
            }
        }
    }

    @Test
    @Order(5)
    void redisComesBackEmptyOnItsPort() throws Exception {
        assertThat(commands.rejoin(false, "redis")).hasToString("redis is running");
        redis("SET a 1");
        commands.freeze(false, "redis");
        assertThatThrownBy(() -> redis("GET a")).isInstanceOf(IOException.class);
        commands.thaw(false, "redis");
        assertThat(redis("GET a")).contains("$1\r\n1");
        commands.kill(false, "redis");
        assertThatThrownBy(() -> redis("GET a")).isInstanceOf(IOException.class);

        assertThat(commands.rejoin(false, "redis")).hasToString("redis is back, and empty");

        assertThat(redis("GET a")).contains("$-1");
    }

    private static String redis(String command) throws IOException {
        Map<String, Object> redis = ADMIN.configurations.get("io.ucm.redis");
        return TestServers.redis(redis, "AUTH " + redis.get(".password") + "\r\n" + command + "\r\n");
    }

    @Test
    @Order(6)
    void anUnknownNodeIsAnsweredWithWhatIsAllowed() {
        assertThatThrownBy(() -> commands.kill(false, "n4"))
                .hasMessage("unknown NODE 'n4'; allowed: n1, n2, n3, redis, primary");
        assertThatThrownBy(() -> commands.kill(false))
                .hasMessage("expected one NODE, got 0; it is n1, n2, n3, redis, or primary for whichever node is the"
                        + " primary now");
    }

    @Test
    @Order(7)
    void theServersHaveSessionsOfTheirOwn() throws Exception {
        for (String node : List.of("n1", "n2", "n3")) {
            ProcessHandle server = family(node).get(0);
            String stat = Files.readString(Path.of("/proc", Long.toString(server.pid()), "stat"));
            String session = stat.substring(stat.lastIndexOf(')') + 2).split(" ")[3];
            assertThat(session).as("session of " + node).isEqualTo(Long.toString(server.pid()));
        }
    }
}
