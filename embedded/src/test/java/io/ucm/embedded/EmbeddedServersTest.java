// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static io.ucm.embedded.TestServers.ask;
import static io.ucm.embedded.TestServers.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the running servers offer. One start for all. */
@ExtendWith(TestServers.class)
class EmbeddedServersTest {

    private static final FakeConfigurationAdmin ADMIN = new FakeConfigurationAdmin();
    private static final String HA = "io.ucm.cluster~main";

    @TempDir(factory = InMemory.class)
    static Path instance;

    private static EmbeddedServers servers;
    private static String synchronousReplicasAtOnce;

    @BeforeAll
    static void start() throws SQLException {
        ADMIN.configurations.put("io.ucm.redis", Map.of("host", "stale", "left", "over"));
        servers = TestServers.start(instance, TestServers.cache(), ADMIN);
        try (Connection ha = as(HA)) {
            synchronousReplicasAtOnce = ask(
                    ha,
                    "select string_agg(application_name || ' ' || state || ' ' || sync_state, ', '"
                            + " order by application_name) from pg_stat_replication");
        }
        try (Connection admin = as(mode("ADMIN"))) {
            run(
                    admin,
                    "create table entry(id serial primary key, identity int generated always as identity, note text)");
        }
    }

    @AfterAll
    static void stop() {
        servers.stop();
        assertThat(instance).isEmptyDirectory();
    }

    private static String mode(String mode) {
        return "io.ucm.mode~main-" + mode;
    }

    private static Connection as(String pid) throws SQLException {
        return TestServers.connect(ADMIN, "n1", pid);
    }

    private static void assertRefused(String state, ThrowingCallable work) {
        assertThatThrownBy(work).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                .as(e.getMessage())
                .isEqualTo(state));
    }

    @Test
    void publishesWhatPointsAtTheServersForAnyLocation() {
        assertThat(ADMIN.configurations)
                .containsOnlyKeys(
                        HA,
                        mode("ADMIN"),
                        mode("ASYNC_MODERN"),
                        mode("HIGH_AVAILABILITY"),
                        mode("MCP_SERVER"),
                        mode("ML_TRAINING"),
                        "io.ucm.redis");
        assertThat(ADMIN.locations.values()).containsOnly("?");
        assertThat(ADMIN.configurations.get(HA))
                .containsOnlyKeys("cluster", "nodes", "database", "user", ".password", "failover.policy")
                .containsEntry("cluster", "main")
                .containsEntry("database", "ucm")
                .containsEntry("user", "ucm_ha")
                .containsEntry("failover.policy", "PROMOTE");
        assertThat((String[]) ADMIN.configurations.get(HA).get("nodes"))
                .hasSize(3)
                .allMatch(node -> node.matches("n[123]=127\\.0\\.0\\.1:\\d+"));
        assertThat(ADMIN.configurations.get(mode("ML_TRAINING")))
                .containsOnlyKeys("cluster", "mode", "user", ".password")
                .containsEntry("cluster", "main")
                .containsEntry("mode", "ML_TRAINING")
                .containsEntry("user", "ml_training");
        assertThat(ADMIN.configurations.get("io.ucm.redis"))
                .containsOnlyKeys("host", "port", ".password")
                .containsEntry("host", "127.0.0.1");
    }

    @Test
    void bothReplicasAreSynchronousWhenActivationReturns() {
        assertThat(synchronousReplicasAtOnce).isEqualTo("n2 streaming quorum, n3 streaming quorum");
    }

    @Test
    void aWriteArrivesAtBothReplicas() throws SQLException {
        try (Connection writer = as(mode("ASYNC_MODERN"));
                Connection second = TestServers.connect(ADMIN, "n2", mode("MCP_SERVER"));
                Connection third = TestServers.connect(ADMIN, "n3", mode("MCP_SERVER"))) {
            run(writer, "insert into entry(note) values ('replicated')");
            String count = "select count(*) from entry where note = 'replicated'";
            await().atMost(Duration.ofSeconds(5)).until(() -> ask(second, count).equals("1"));
            await().atMost(Duration.ofSeconds(5)).until(() -> ask(third, count).equals("1"));
            assertThat(ask(second, "select pg_is_in_recovery()")).isEqualTo("t");
        }
    }

    @Test
    void allNodesHaveTheSettingsOfASynchronousCluster() throws SQLException {
        for (String node : List.of("n1", "n2", "n3")) {
            try (Connection ha = TestServers.connect(ADMIN, node, HA)) {
                for (Map.Entry<String, String> setting : Map.ofEntries(
                                Map.entry("cluster_name", node),
                                Map.entry("listen_addresses", "127.0.0.1"),
                                Map.entry("unix_socket_directories", ""),
                                Map.entry("synchronous_standby_names", "ANY 1 (n1,n2,n3)"),
                                Map.entry("synchronous_commit", "on"),
                                Map.entry("fsync", "on"),
                                Map.entry("wal_level", "logical"),
                                Map.entry("max_connections", "300"),
                                Map.entry("wal_retrieve_retry_interval", "100ms"),
                                Map.entry("wal_receiver_timeout", "750ms"),
                                Map.entry("wal_keep_size", "256MB"),
                                Map.entry("max_wal_senders", "20"),
                                Map.entry("max_replication_slots", "20"),
                                Map.entry("password_encryption", "scram-sha-256"),
                                Map.entry("server_encoding", "UTF8"),
                                Map.entry("log_timezone", "UTC"),
                                Map.entry("jit", "off"))
                        .entrySet()) {
                    assertThat(ask(ha, "show " + setting.getKey()))
                            .as(node + " " + setting.getKey())
                            .isEqualTo(setting.getValue());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ML_TRAINING", "ASYNC_MODERN", "HIGH_AVAILABILITY"})
    void aWritingModeWritesTheTablesOfAdminAndMakesItsOwn(String mode) throws SQLException {
        try (Connection connection = as(mode(mode))) {
            run(connection, "insert into entry(note) values ('" + mode + "')");
            run(connection, "update entry set note = note || '!' where note = '" + mode + "'");
            assertThat(ask(connection, "select count(*) from entry where note = '" + mode + "!'"))
                    .isEqualTo("1");
            run(connection, "delete from entry where note = '" + mode + "!'");
            assertThat(ask(connection, "select nextval('entry_id_seq')")).isNotBlank();
            run(connection, "create table own_" + mode + "(id int)");
            run(connection, "create temporary table scratch(id int)");
            assertRefused("42501", () -> run(connection, "drop table entry"));
            assertRefused("42501", () -> run(connection, "create schema mine"));
        }
    }

    @Test
    void adminOwnsTheDatabaseAndItsSchema() throws SQLException {
        try (Connection admin = as(mode("ADMIN"))) {
            run(admin, "create schema ledger");
            run(admin, "create table ledger.entry(id int)");
            assertThat(ask(admin, "select pg_get_userbyid(datdba) from pg_database where datname = 'ucm'"))
                    .isEqualTo("admin");
            assertThat(ask(admin, "select nspowner::regrole from pg_namespace where nspname = 'public'"))
                    .isEqualTo("admin");
        }
        try (Connection writer = as(mode("ASYNC_MODERN"));
                Connection reader = as(mode("MCP_SERVER"))) {
            run(writer, "insert into ledger.entry values (1)");
            assertThat(ask(reader, "select count(*) from ledger.entry")).isEqualTo("1");
        }
    }

    @Test
    void theReadingModeIsReadOnlyByDefault() throws SQLException {
        try (Connection reader = as(mode("MCP_SERVER"))) {
            assertThat(ask(reader, "select count(*) from entry")).isNotBlank();
            assertRefused("25006", () -> run(reader, "insert into entry(note) values ('no')"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into entry(note) values ('no')",
                "update entry set note = 'no'",
                "delete from entry",
                "truncate entry",
                "select nextval('entry_id_seq')",
                "select setval('entry_id_seq', 1)",
                "create table no(id int)",
                "create temporary table no(id int)",
                "create schema no",
                "select lo_create(0)",
                "select lo_from_bytea(0, '')",
                "select pg_logical_emit_message(false, 'no', 'no')",
                "alter system set jit = on",
                "select pg_reload_conf()"
            })
    void theReadingModeCannotWriteEvenWhenItSaysSo(String sql) throws SQLException {
        try (Connection reader = as(mode("MCP_SERVER"))) {
            run(reader, "set default_transaction_read_only = off");
            assertRefused("42501", () -> run(reader, sql));
        }
    }

    @Test
    void noModeReachesTheTemplate() {
        Map<String, Object> reader = ADMIN.configurations.get(mode("MCP_SERVER"));
        assertRefused("42501", () -> TestServers.connect(
                        TestServers.address(ADMIN, "n1"),
                        (String) reader.get("user"),
                        (String) reader.get(".password"),
                        "template1")
                .close());
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertRefused("28P01", () -> TestServers.connect(TestServers.address(ADMIN, "n1"), "admin", "wrong", "ucm")
                .close());
    }

    @Test
    void highAvailabilityMayWatchPointAndPromoteButNotRead() throws SQLException {
        try (Connection ha = TestServers.connect(ADMIN, "n2", HA)) {
            assertThat(ask(ha, "select sender_host || ' ' || status from pg_stat_wal_receiver"))
                    .isEqualTo("127.0.0.1 streaming");
            assertThat(ask(ha, "show primary_conninfo")).contains("application_name=n2");
            for (String parameter : List.of(
                    "primary_conninfo",
                    "synchronous_standby_names",
                    "default_transaction_read_only",
                    "ucm.switchover")) {
                assertThat(ask(ha, "select has_parameter_privilege('" + parameter + "', 'alter system')"))
                        .isEqualTo("t");
            }
            run(ha, "alter system set default_transaction_read_only = off");
            assertThat(ask(ha, "select pg_reload_conf()")).isEqualTo("t");
            run(ha, "alter system reset default_transaction_read_only");
            assertThat(ask(ha, "select has_function_privilege('pg_promote(boolean, integer)', 'execute')"))
                    .isEqualTo("t");
            assertThat(
                            ask(
                                    ha,
                                    "select pg_has_role('pg_monitor', 'member') and pg_has_role('pg_signal_backend', 'member')"))
                    .isEqualTo("t");
            assertRefused("42501", () -> ask(ha, "select count(*) from entry"));
            assertRefused("42501", () -> run(ha, "alter system set fsync = off"));
        }
        try (Connection replication = TestServers.connect(
                TestServers.address(ADMIN, "n1"),
                "ucm_ha",
                (String) ADMIN.configurations.get(HA).get(".password"),
                "ucm?replication=database&preferQueryMode=simple&assumeMinServerVersion=17")) {
            assertThat(ask(replication, "IDENTIFY_SYSTEM")).isNotBlank();
        }
    }

    @Test
    void redisAnswersWithThePasswordOnly() throws IOException {
        String password = (String) ADMIN.configurations.get("io.ucm.redis").get(".password");
        assertThat(redis("PING\r\n")).startsWith("-NOAUTH");
        assertThat(redis("AUTH " + password + "\r\n")).startsWith("+OK");
        assertThat(redis("AUTH wrong\r\n")).startsWith("-WRONGPASS");
    }

    private static String redis(String commands) throws IOException {
        return TestServers.redis(ADMIN.configurations.get("io.ucm.redis"), commands);
    }

    @Test
    void passwordsAreLongAndDifferAndShowInNoCommandEnvironmentOrLog() throws IOException {
        List<String> passwords = ADMIN.configurations.values().stream()
                .map(properties -> (String) properties.get(".password"))
                .toList();
        assertThat(passwords).doesNotHaveDuplicates().allMatch(password -> password.length() >= 32);
        StringBuilder seen = new StringBuilder();
        try (Stream<Path> logs = Files.list(instance.resolve("embedded"))) {
            for (Path log : logs.filter(Files::isRegularFile).toList()) {
                seen.append(Files.readString(log, StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(seen.toString()).contains("database system is ready");
        for (ProcessHandle process : TestServers.children()) {
            for (String file : List.of("cmdline", "environ")) {
                seen.append(unlessEnded(Path.of("/proc", Long.toString(process.pid()), file)));
            }
        }
        assertThat(passwords).noneMatch(password -> seen.toString().contains(password));
    }

    /** What a file of a process says; a backend may end, or have ended, at any time. */
    private static String unlessEnded(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void nobodyElseCanReadTheData() throws IOException {
        for (String node : List.of("n1", "n2", "n3", "redis")) {
            assertThat(Files.getPosixFilePermissions(
                            instance.resolve("embedded").resolve(node)))
                    .as(node)
                    .hasSize(3);
        }
        assertThat(instance.resolve("embedded/superuser.pass")).doesNotExist();
    }
}
