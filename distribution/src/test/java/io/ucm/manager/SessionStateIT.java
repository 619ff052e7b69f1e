// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.manager.OneSession.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.embedded.SeparatePostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.jdbc.AutoSave;

/** A borrower never sees what the one before left in the same session of a real server. */
@Timeout(60)
class SessionStateIT {

    private static final String PID = "SELECT pg_backend_pid()";

    private static SeparatePostgres postgres;

    private static OneSession one;

    @BeforeAll
    static void start() {
        postgres = SeparatePostgres.start();
        postgres.sql("""
                CREATE ROLE app LOGIN PASSWORD 'app';
                CREATE ROLE other;
                GRANT other TO app;
                CREATE SCHEMA aside AUTHORIZATION app;
                GRANT ALL ON SCHEMA public TO app;
                CREATE TABLE kept (a int);
                GRANT ALL ON kept TO app;
                CREATE SEQUENCE numbers;
                GRANT ALL ON SEQUENCE numbers TO app;
                """);
        one = new OneSession(postgres, "ASYNC_MODERN", "app", "app");
    }

    @AfterAll
    static void stop() {
        one.close();
        postgres.close();
    }

    @FunctionalInterface
    interface Use {
        void of(Connection connection) throws SQLException;
    }

    private static Arguments left(String what, Use use, String question) {
        return Arguments.of(what, use, question);
    }

    private static Arguments left(String sql, String question) {
        return left(sql, connection -> run(connection, sql), question);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static Stream<Arguments> leftovers() {
        String locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'";
        String prepared = "SELECT count(*) FROM pg_prepared_statements WHERE from_sql";
        return Stream.of(
                left("SET search_path = aside", "SHOW search_path"),
                left("SET statement_timeout = 7000", "SHOW statement_timeout"),
                left("RESET statement_timeout; SET lock_timeout = 1", "SHOW lock_timeout"),
                left("SELECT set_config('work_mem', '1MB', false)", "SHOW work_mem"),
                left("UPDATE pg_settings SET setting = '1000' WHERE name = 'work_mem'", "SHOW work_mem"),
                left("SELECT set_config('my.own', 'x', false)", "SELECT coalesce(current_setting('my.own', true), '')"),
                left("SET ROLE other", "SELECT current_user"),
                left("SET TIME ZONE 'Asia/Tokyo'", "SHOW TimeZone"),
                left("SET application_name = 'x'", "SHOW application_name"),
                left("SET extra_float_digits = 0", "SHOW extra_float_digits"),
                left("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "SHOW transaction_read_only"),
                left("CREATE TEMP TABLE mine (a int)", "SELECT to_regclass('mine')"),
                left("SELECT 1 AS a INTO TEMP mine", "SELECT to_regclass('mine')"),
                left("CREATE TABLE pg_temp.mine (a int)", "SELECT to_regclass('mine')"),
                left("CREATE TEMP TABLE kept AS SELECT 7 AS a", "SELECT count(*) FROM kept"),
                left("SELECT pg_advisory_lock(7)", locks),
                left("SELECT pg_try_advisory_lock_shared(7)", locks),
                left("PREPARE mine AS SELECT 1", prepared),
                left("LISTEN heard", "SELECT count(*) FROM pg_listening_channels() c WHERE c = 'heard'"),
                left("DECLARE mine CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*) FROM pg_cursors WHERE is_holdable"),
                left("BEGIN; INSERT INTO kept VALUES (1)", "SELECT count(*) FROM kept"),
                left("BEGIN ISOLATION LEVEL SERIALIZABLE", "SHOW transaction_isolation"),
                left("BEGIN; SET work_mem = '1MB'; COMMIT", "SHOW work_mem"),
                left("DO $$ BEGIN PERFORM set_config('work_mem', '1MB', false); END $$", "SHOW work_mem"),
                left("DO $$ BEGIN EXECUTE 'PREPARE mine AS SELECT 1'; END $$", prepared),
                left("a failed transaction", SessionStateIT::failWithin, "SELECT count(*) FROM kept"),
                left("setTransactionIsolation", c -> c.setTransactionIsolation(8), "SHOW transaction_isolation"),
                left("setSchema", c -> c.setSchema("aside"), "SHOW search_path"),
                left("setClientInfo", c -> c.setClientInfo("ApplicationName", "x"), "SHOW application_name"),
                left("a batch", SessionStateIT::addedToABatch, "SHOW work_mem"),
                left("a prepared statement", SessionStateIT::prepared, "SHOW work_mem"),
                left("past us", c -> run(c.unwrap(PGConnection.class), "SET work_mem = '1MB'"), "SHOW work_mem"),
                left(
                        "a transaction past us",
                        c -> run(c.unwrap(PGConnection.class), "BEGIN"),
                        "SELECT now() = statement_timestamp()"));
    }

    private static void run(PGConnection connection, String sql) throws SQLException {
        run((Connection) connection, sql);
    }

    private static void failWithin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        run(connection, "INSERT INTO kept VALUES (1); SET work_mem = '1MB'");
        assertThatThrownBy(() -> run(connection, "SELECT 1/0")).isInstanceOf(SQLException.class);
    }

    private static void addedToABatch(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("SET work_mem = '1MB'");
            statement.executeBatch();
        }
    }

    private static void prepared(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config('work_mem', ?, false)")) {
            statement.setString(1, "1MB");
            statement.executeQuery();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leftovers")
    void isGoneForTheNext(String what, Use use, String question) throws Exception {
        String before = one.query(question);
        String session = one.query(PID);
        try (Connection connection = one.dataSource().getConnection()) {
            use.of(connection);
        }

        assertThat(one.query(question)).isEqualTo(before);
        assertThat(one.query(PID)).as("the session").isEqualTo(session);
    }

    @Test
    void andSoIsWhatAReadOnlyModeLeft() throws Exception {
        try (OneSession reader = new OneSession(postgres, "MCP_SERVER", "app", "app")) {
            String session = reader.query(PID);
            try (Connection connection = reader.dataSource().getConnection()) {
                run(connection, "SET work_mem = '1MB'; PREPARE mine AS SELECT 1; LISTEN mine");
            }

            assertThat(reader.query("SHOW work_mem")).isNotEqualTo("1MB");
            assertThat(reader.query("SHOW transaction_read_only")).isEqualTo("on");
            assertThat(reader.query("SHOW statement_timeout")).isEqualTo("5s");
            assertThat(reader.query(PID)).isEqualTo(session);
        }
    }

    @Test
    void andSoIsWhatWasLeftOnAReplica() throws Exception {
        try (SeparatePostgres replica = SeparatePostgres.start()) {
            replica.put("standby.signal", "");
            replica.restart();
            try (OneSession reader = new OneSession(replica, "ADMIN", "postgres", replica.password())) {
                String session = reader.query(PID);
                try (Connection connection = reader.dataSource().getConnection()) {
                    run(connection, "SET work_mem = '1MB'; PREPARE mine AS SELECT 1; BEGIN");
                }

                assertThat(reader.query("SELECT pg_is_in_recovery()")).isEqualTo("t");
                assertThat(reader.query("SHOW work_mem")).isNotEqualTo("1MB");
                assertThat(reader.query(PID)).isEqualTo(session);
            }
        }
    }

    @Test
    void andSoIsWhatASuperuserLeft() throws Exception {
        try (OneSession admin = new OneSession(postgres, "ADMIN", "postgres", postgres.password())) {
            String session = admin.query(PID);
            try (Connection connection = admin.dataSource().getConnection()) {
                run(connection, "SET SESSION AUTHORIZATION app; SET ROLE other");
            }

            assertThat(admin.query("SELECT session_user || current_user")).isEqualTo("postgrespostgres");
            assertThat(admin.query(PID)).isEqualTo(session);
        }
    }

    @Test
    void settingsOfTheDriverArePutBack() throws Exception {
        String session = one.query(PID);
        try (Connection connection = one.dataSource().getConnection()) {
            PGConnection driver = connection.unwrap(PGConnection.class);
            driver.setPrepareThreshold(77);
            driver.setDefaultFetchSize(7);
            driver.setAutosave(AutoSave.ALWAYS);
            connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
            connection.setTypeMap(Map.of("x", String.class));
            connection.setNetworkTimeout(Runnable::run, 7777);
            connection.setReadOnly(true);
        }
        try (Connection connection = one.dataSource().getConnection()) {
            PGConnection driver = connection.unwrap(PGConnection.class);
            assertThat(driver.getPrepareThreshold()).isEqualTo(5);
            assertThat(driver.getDefaultFetchSize()).isZero();
            assertThat(driver.getAutosave()).isEqualTo(AutoSave.NEVER);
            assertThat(connection.getHoldability()).isEqualTo(ResultSet.CLOSE_CURSORS_AT_COMMIT);
            assertThat(connection.getTypeMap()).isEmpty();
            assertThat(connection.getNetworkTimeout()).isZero();
            assertThat(connection.isReadOnly()).isFalse();
        }
        assertThat(one.query(PID)).isEqualTo(session);
    }

    @Test
    void notificationsForTheLastUserAreNotSeenByTheNext() throws Exception {
        try (Connection connection = one.dataSource().getConnection()) {
            run(connection, "LISTEN mine");
            run(connection, "NOTIFY mine");
        }
        try (Connection connection = one.dataSource().getConnection()) {
            assertThat(connection.unwrap(PGConnection.class).getNotifications()).isEmpty();
        }
    }

    /** The driver's own prepared statements go on: one that was deallocated would have to be prepared again. */
    @Test
    void whatTheDriverPreparedStays() throws Exception {
        try (Connection connection = one.dataSource().getConnection()) {
            for (int i = 0; i < 7; i++) {
                try (PreparedStatement statement = connection.prepareStatement("SELECT a FROM kept WHERE a = ?")) {
                    statement.setInt(1, i);
                    statement.executeQuery();
                }
            }
            run(connection, "PREPARE mine AS SELECT 1");
        }

        assertThat(one.query("""
                SELECT string_agg(statement, ',') FROM pg_prepared_statements
                WHERE statement NOT IN ('COMMIT', 'ROLLBACK')""")).isEqualTo("SELECT a FROM kept WHERE a = $1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"LOAD 'auto_explain'", "SELECT setseed(0.5)"})
    void whatCanNotBeTakenAwayEndsTheSession(String sql) throws Exception {
        String role = sql.startsWith("LOAD") ? "postgres" : "app";
        try (OneSession any =
                new OneSession(postgres, "ADMIN", role, role.equals("app") ? "app" : postgres.password())) {
            String session = any.query(PID);
            try (Connection connection = any.dataSource().getConnection()) {
                run(connection, sql);
            }

            assertThat(any.query(PID)).isNotEqualTo(session);
        }
    }

    @Test
    void routinesOfTheDatabaseAreSeenThrough() throws Exception {
        postgres.sql("""
                CREATE FUNCTION inner_change() RETURNS void LANGUAGE plpgsql AS
                    $f$ BEGIN PERFORM set_config('work_mem', '1MB', false); END $f$;
                CREATE FUNCTION outer_change() RETURNS void LANGUAGE sql AS $f$ SELECT inner_change() $f$;
                CREATE FUNCTION harmless() RETURNS text LANGUAGE plpgsql AS
                    $f$ BEGIN RETURN set_config('work_mem', '1MB', true); END $f$;
                CREATE FUNCTION standard() RETURNS void BEGIN ATOMIC SELECT outer_change(); END;
                """);
        try (OneSession knowing = new OneSession(postgres, "ASYNC_MODERN", "app", "app")) {
            String before = knowing.query("SHOW work_mem");
            for (String function : new String[] {"inner_change", "outer_change", "standard", "OUTER_change"}) {
                knowing.query("SELECT " + function + "()");
                assertThat(knowing.query("SHOW work_mem")).as(function).isEqualTo(before);
            }
            assertThat(knowing.rules().effects("SELECT harmless()")).isZero();
        } finally {
            postgres.sql("DROP FUNCTION standard, outer_change, inner_change, harmless");
        }
    }

    @Test
    void aTriggerMakesWritesSuspect() throws Exception {
        postgres.sql("""
                CREATE TABLE watched (a int PRIMARY KEY);
                GRANT ALL ON watched TO app;
                CREATE FUNCTION on_write() RETURNS trigger LANGUAGE plpgsql AS
                    $f$ BEGIN PERFORM set_config('work_mem', '1MB', false); RETURN NEW; END $f$;
                CREATE TRIGGER watch BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION on_write();
                CREATE FUNCTION writes() RETURNS void LANGUAGE sql AS $f$ INSERT INTO watched VALUES (2) $f$;
                """);
        try (OneSession knowing = new OneSession(postgres, "ASYNC_MODERN", "app", "app")) {
            String before = knowing.query("SHOW work_mem");
            try (Connection connection = knowing.dataSource().getConnection()) {
                run(connection, "INSERT INTO watched VALUES (1)");
            }
            assertThat(knowing.query("SHOW work_mem")).isEqualTo(before);
            knowing.query("SELECT writes()");
            assertThat(knowing.query("SHOW work_mem")).isEqualTo(before);
            try (Connection connection = knowing.dataSource().getConnection();
                    Statement statement =
                            connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
                    ResultSet rows = statement.executeQuery("SELECT a FROM watched")) {
                rows.moveToInsertRow();
                rows.updateInt(1, 3);
                rows.insertRow();
            }
            assertThat(knowing.query("SHOW work_mem")).isEqualTo(before);
        } finally {
            postgres.sql("DROP TABLE watched; DROP FUNCTION on_write, writes");
        }
    }

    @Test
    void aViewMakesEverythingSuspect() throws Exception {
        postgres.sql(
                "CREATE VIEW changes AS SELECT set_config('work_mem', '1MB', false); GRANT SELECT ON changes TO app");
        SessionRules rules = new SessionRules();
        try (Connection connection = one.dataSource().getConnection()) {
            assertThat(Routines.ask(connection)).isEqualTo(Routines.UNKNOWN);
        } finally {
            postgres.sql("DROP VIEW changes");
        }
        assertThat(rules.effects("SELECT 1")).isNotZero();
    }

    @Test
    void aRoutineThatWasMadeThroughUsIsKnownAtOnce() throws Exception {
        String before = one.query("SHOW work_mem");
        try (Connection connection = one.dataSource().getConnection()) {
            run(
                    connection,
                    "CREATE FUNCTION aside.fresh() RETURNS text LANGUAGE plpgsql AS"
                            + " $f$ BEGIN RETURN set_config('work_mem', '1MB', false); END $f$");
            assertThat(one.rules().effects("SELECT 1")).as("while it is made").isNotZero();
        }
        one.query("SELECT aside.fresh()");
        assertThat(one.query("SHOW work_mem")).isEqualTo(before);
        one.awaitRules();
        assertThat(one.rules().effects("SELECT aside.fresh()")).isNotZero();
        Awaitility.await().until(() -> one.rules().effects("SELECT count(*) FROM kept") == 0);
    }

    @Test
    void withinAReadOrAWriteTheTransactionIsNotEndedByText() {
        for (String sql : new String[] {
            "COMMIT",
            "SELECT 1; rollback",
            "/* x */ begin",
            "end; SELECT 1",
            "ABORT",
            "PREPARE TRANSACTION 'x'",
            "DO $$ BEGIN COMMIT; END $$",
            "CREATE PROCEDURE commits() AS 'BEGIN COMMIT; END' LANGUAGE plpgsql; CALL commits()"
        }) {
            assertThatThrownBy(() -> one.view()
                            .write(connection -> {
                                run(connection, sql);
                                return null;
                            })
                            .toCompletableFuture()
                            .join())
                    .as(sql)
                    .hasRootCauseInstanceOf(SQLException.class)
                    .rootCause()
                    .hasFieldOrPropertyWithValue("SQLState", "2D000");
        }
    }

    @Test
    void savepointsByTextAreAllowedWithinAWrite() {
        String sum = one.view()
                .write(connection -> {
                    run(connection, "SAVEPOINT a; CREATE TEMP TABLE x (a int) ON COMMIT DROP; ROLLBACK TO SAVEPOINT a");
                    run(connection, "RELEASE a");
                    return query(connection, "SELECT 1 + 1");
                })
                .toCompletableFuture()
                .join();

        assertThat(sum).isEqualTo("2");
    }
}
