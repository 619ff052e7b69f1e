// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static io.ucm.embedded.TestServers.ask;
import static io.ucm.embedded.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Real servers that are stopped and started by plan. One start for all: each goes on where the one before ended. */
@ExtendWith(TestServers.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EmbeddedControlTest {

    private static final FakeConfigurationAdmin ADMIN = new FakeConfigurationAdmin();
    private static final String HA = "io.ucm.cluster~main";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir(factory = InMemory.class)
    static Path instance;

    private static EmbeddedServers servers;
    private static EmbeddedCommands commands;
    private static ServerControl control;

    @BeforeAll
    static void start() throws SQLException {
        servers = TestServers.start(instance, TestServers.cache(), ADMIN);
        commands = TestServers.commands();
        control = TestServers.CONTROLS.get(0);
        try (Connection admin = as("n1", "ADMIN")) {
            run(admin, "create table entry(note text)");
        }
    }

    @AfterAll
    static void stop() {
        servers.stop();
        assertThat(TestServers.CONTROLS).isEmpty();
        assertThatThrownBy(() -> control.start("n1")).hasMessage("the embedded servers are stopping");
        assertThat(TestServers.children()).isEmpty();
    }

    private static Connection as(String node, String mode) throws SQLException {
        return TestServers.connect(ADMIN, node, "io.ucm.mode~main-" + mode);
    }

    private static String askHa(String node, String sql) throws SQLException {
        try (Connection ha = TestServers.connect(ADMIN, node, HA)) {
            return ask(ha, sql);
        }
    }

    private static String log(String node) throws IOException {
        return Files.readString(instance.resolve("embedded/" + node + ".log"), StandardCharsets.ISO_8859_1);
    }

    private static void promote(String node, String other) throws SQLException {
        try (Connection ha = TestServers.connect(ADMIN, other, HA)) {
            String conninfo = ask(ha, "show primary_conninfo")
                    .replaceFirst(
                            "port=\\d+",
                            "port=" + TestServers.address(ADMIN, node).split(":")[1]);
            run(ha, "alter system set primary_conninfo = '" + conninfo + "'");
            run(ha, "select pg_reload_conf()");
        }
        assertThat(askHa(node, "select pg_promote(true, 10)")).isEqualTo("t");
    }

    private static void write(String primary, String note) throws SQLException {
        try (Connection writer = as(primary, "ASYNC_MODERN")) {
            writer.setNetworkTimeout(Runnable::run, 10_000);
            run(writer, "insert into entry values ('" + note + "')");
        }
    }

    @Test
    @Order(1)
    void whatDoesNotRunOrDoesNotExistIsNotStopped() throws Exception {
        assertThatThrownBy(() -> control.stop("n4", LIMIT)).hasMessage("no server 'n4'; there are: [n1, n2, n3]");
        commands.freeze(false, "n1");
        assertThatThrownBy(() -> control.stop("n1", LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessage("n1 is frozen: it can't be stopped; let it go on with embedded:thaw n1");
        assertThatThrownBy(() -> control.start("n1")).hasMessageStartingWith("n1 is frozen");
        commands.thaw(false, "n1");
        control.start("n1");
        assertThat(askHa("n1", "select pg_is_in_recovery()")).isEqualTo("f");
        assertThatThrownBy(() -> control.startAsStandby("n3", "n2", LIMIT))
                .hasMessage("n3 can't follow n2: n1 is the primary");
        assertThatThrownBy(() -> control.startAsStandby("n3", "n1", LIMIT))
                .hasMessage("n3 is running: it can't be started as a standby");
    }

    @Test
    @Order(2)
    void aStoppedPrimaryHasGivenItsReplicasEverything() throws Exception {
        write("n1", "last");
        String written = askHa("n1", "select pg_current_wal_insert_lsn()");

        control.stop("n1", LIMIT);

        assertThat(log("n1")).endsWith("database system is shut down\n");
        for (String replica : new String[] {"n2", "n3"}) {
            assertThat(askHa(replica, "select pg_last_wal_receive_lsn() > '" + written + "'"))
                    .isEqualTo("t");
        }
        assertThat(askHa("n2", "select pg_last_wal_receive_lsn()"))
                .isEqualTo(askHa("n3", "select pg_last_wal_receive_lsn()"));
        assertThatThrownBy(() -> control.stop("n1", LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessage("n1 is not running: it can't be stopped cleanly");
    }

    @Test
    @Order(3)
    void aStoppedNodeStartsInTheRoleThatItHad() throws Exception {
        control.start("n1");
        assertThat(askHa("n1", "select pg_is_in_recovery()")).isEqualTo("f");
        write("n1", "again");

        control.stop("n3", LIMIT);
        control.start("n3");
        assertThat(askHa("n3", "select pg_is_in_recovery()")).isEqualTo("t");
    }

    @Test
    @Order(4)
    void aStoppedPrimaryFollowsTheNextOneOnItsOwnData() throws Exception {
        control.stop("n1", LIMIT);
        promote("n2", "n3");

        assertThat(control.startAsStandby("n1", "n2", LIMIT)).isFalse();

        assertThat(askHa("n1", "select status || ' ' || sender_port from pg_stat_wal_receiver"))
                .isEqualTo("streaming " + TestServers.address(ADMIN, "n2").split(":")[1]);
        write("n2", "second");
    }

    @Test
    @Order(5)
    void oneThatCannotFollowIsCopiedAnew() throws Exception {
        write("n2", "on all");
        // One of them is enough for the commit.
        for (String replica : new String[] {"n1", "n3"}) {
            try (Connection reader = as(replica, "MCP_SERVER")) {
                await().until(() -> ask(reader, "select count(*) from entry where note = 'on all'")
                        .equals("1"));
            }
        }
        control.stop("n1", LIMIT);
        control.stop("n3", LIMIT);
        try (Connection writer = as("n2", "ASYNC_MODERN")) {
            run(writer, "set synchronous_commit = local");
            run(writer, "insert into entry values ('nowhere else')");
        }
        commands.kill(false, "n2");
        control.start("n1");
        control.start("n3");
        promote("n1", "n3");

        assertThat(control.startAsStandby("n2", "n1", LIMIT)).isTrue();

        assertThat(askHa("n2", "select status from pg_stat_wal_receiver")).isEqualTo("streaming");
        write("n1", "third");
        try (Connection reader = as("n1", "MCP_SERVER")) {
            assertThat(ask(reader, "select string_agg(note, ', ') from entry"))
                    .isEqualTo("last, again, second, on all, third");
        }
    }

    @Test
    @Order(6)
    void whatKnowsALaterTimelineIsNotThrownAway() throws Exception {
        Path later = Files.createFile(instance.resolve("embedded/n2/pg_wal/00000009.history"));
        control.stop("n2", LIMIT);

        assertThatThrownBy(() -> control.startAsStandby("n2", "n1", LIMIT))
                .hasMessageContaining("n2 knows timeline 9: a copy could lose commits");

        Files.delete(later);
        assertThat(control.startAsStandby("n2", "n1", LIMIT)).isFalse();
    }

    @Test
    @Order(7)
    void onePastItsLimitStillRunsAndIsStartedAnew() throws Exception {
        // A shutdown waits for its replicas, and a frozen one confirms nothing.
        commands.freeze(false, "n2");
        commands.freeze(false, "n3");
        assertThat(askHa("n1", "select count(*) from pg_stat_replication")).isEqualTo("2");
        assertThatThrownBy(() -> control.stop("n1", Duration.ofMillis(300)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("n1: not stopped within 300 ms");
        commands.thaw(false, "n2");
        commands.thaw(false, "n3");

        control.start("n1");

        assertThat(askHa("n1", "select pg_is_in_recovery()")).isEqualTo("f");
        write("n1", "fourth");
    }

    @Test
    @Order(8)
    void oneThatHasNotHeardYetThatItIsToStopIsStartedAnew() throws Exception {
        long before = server("n1").pid();
        // Else it may be quicker than the first look.
        commands.freeze(false, "n2");
        commands.freeze(false, "n3");
        assertThatThrownBy(() -> control.stop("n1", Duration.ZERO))
                .hasMessageStartingWith("n1: not stopped within 0 ms");

        control.start("n1");

        commands.thaw(false, "n2");
        commands.thaw(false, "n3");
        assertThat(server("n1").pid()).isNotEqualTo(before);
        write("n1", "fifth");
    }

    private static ProcessHandle server(String node) throws IOException {
        return ProcessHandle.of(
                        Long.parseLong(Files.readAllLines(instance.resolve("embedded/" + node + "/postmaster.pid"))
                                .get(0)))
                .orElseThrow();
    }
}
