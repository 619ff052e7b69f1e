// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.CallOptions;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteState;
import io.ucm.embedded.SeparatePostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.TimeZone;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The outcome of writes on a real server: tokens, what they tell, and where they are. */
@Timeout(60)
class DeliveryIT {

    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(30));
    private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);

    private static SeparatePostgres postgres;
    private static OneSession keeper;
    private static OneSession one;

    private final AtomicInteger attempts = new AtomicInteger();

    @BeforeAll
    static void start() {
        postgres = SeparatePostgres.start();
        postgres.sql("""
                CREATE ROLE app LOGIN PASSWORD 'app';
                CREATE ROLE keeper LOGIN PASSWORD 'keeper';
                GRANT CREATE ON DATABASE postgres TO keeper;
                CREATE TABLE account (id int PRIMARY KEY, amount int);
                CREATE SEQUENCE commits;
                GRANT ALL ON account, commits TO app;
                """);
        one = new OneSession(postgres, "ASYNC_MODERN", "app", "app");
        Awaitility.await().until(() -> one.manager().tokens().isSettled());
        assertThat(one.manager().tokens().problem()).contains("the schema ucm has no tables for them");
        keeper = new OneSession(postgres, "ADMIN", "keeper", "keeper");
        Awaitility.await().until(() -> {
            one.manager().care();
            return one.manager().tokens().problem() == null;
        });
    }

    @AfterAll
    static void stop() {
        one.close();
        keeper.close();
        postgres.close();
    }

    @BeforeEach
    void oneAccount() {
        postgres.sql("DELETE FROM account; INSERT INTO account VALUES (1, 100)");
        for (int number = 0; number < WriteToken.TABLES; number++) {
            postgres.sql("TRUNCATE " + WriteToken.table(number));
        }
    }

    @Test
    void aTokenIsThereIfTheWriteIs() {
        write(this::add);
        assertThat(tokens()).isEqualTo("1");

        assertThat(catchThrowable(() -> write(connection -> {
                    add(connection);
                    throw new IllegalStateException("mine");
                })))
                .hasRootCauseMessage("mine");
        assertThat(tokens()).isEqualTo("1");
        assertThat(amount()).isEqualTo("110");
    }

    @Test
    void theSameConnectionGoesOnAfterIt() {
        for (int i = 0; i < 20; i++) {
            write(this::add);
        }

        assertThat(one.opened()).isEqualTo(1);
        assertThat(tokens()).isEqualTo("20");
        assertThat(amount()).isEqualTo("300");
    }

    @Test
    void aCommitThatTheServerRefusesIsNotDone() {
        postgres.sql("ALTER TABLE account ADD CONSTRAINT positive UNIQUE (amount) DEFERRABLE INITIALLY DEFERRED");
        try {
            Throwable refused = catchThrowable(() -> write(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("INSERT INTO account VALUES (2, 100)");
                }
            }));

            assertThat(refused.getCause()).hasFieldOrPropertyWithValue("SQLState", "23505");
            assertThat(tokens()).isEqualTo("0");
        } finally {
            postgres.sql("ALTER TABLE account DROP CONSTRAINT positive");
        }
    }

    /** The server ends the session while it commits, the first time. */
    @Test
    void aCommitThatWasCutOffIsLookedForAndRunAgain() {
        postgres.sql("""
                CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                    IF nextval('commits') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF;
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER cut AFTER UPDATE ON account DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION cut_off();
                SELECT setval('commits', 1, false);
                """);
        try {
            write(this::add);
        } finally {
            postgres.sql("DROP TRIGGER cut ON account; DROP FUNCTION cut_off");
        }

        assertThat(attempts).hasValue(2);
        assertThat(amount()).isEqualTo("110");
        assertThat(tokens()).isEqualTo("1");
    }

    /** A cancelled wait for the standby returns success with a warning, and the row is here only. */
    @Test
    void whatWasCommittedHereOnlyIsAcknowledgedWhenItIsReplicated() {
        standby("nobody");
        CompletableFuture<Integer> write;
        try {
            write = one.view().write(this::add, PATIENT).toCompletableFuture();
            String waiting = awaitWaitingForStandby("0");
            postgres.sql("SELECT pg_cancel_backend(" + waiting + ")");
            awaitWaitingForStandby(waiting);
            assertThat(write).isNotDone();
            assertThat(amount()).as("it is there already").isEqualTo("110");
        } finally {
            standby("");
        }

        assertThat(write.orTimeout(20, TimeUnit.SECONDS).join()).isOne();
        assertThat(attempts).hasValue(1);
        assertThat(amount()).isEqualTo("110");
    }

    @Test
    void aCommitThatWaitsForAStandbyIsUnknownAtTheDeadlineAndIsNotCancelled() {
        standby("nobody");
        Throwable failure;
        try {
            failure = catchThrowable(() -> one.view()
                    .write(this::add, CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(2)))
                    .toCompletableFuture()
                    .join());
            awaitWaitingForStandby("0");
        } finally {
            standby("");
        }

        assertThat(failure).isInstanceOf(CompletionException.class);
        assertThat(failure.getCause()).isInstanceOf(OutcomeUnknownException.class);
        OutcomeUnknownException unknown = (OutcomeUnknownException) failure.getCause();
        assertThat(one.view()
                        .outcome(unknown.token().orElseThrow())
                        .toCompletableFuture()
                        .join())
                .isEqualTo(WriteState.COMMITTED);
        assertThat(amount()).isEqualTo("110");
    }

    /** It is looked at over a session of another time zone, in which the server prints times differently. */
    @Test
    void aCommitThatWaitsForAStandbyIsLookedAtAndLeftAlone() {
        int opened = one.opened();
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
        standby("nobody");
        CompletableFuture<Integer> write;
        try {
            write = one.view().write(this::add, PATIENT).toCompletableFuture();
            String waiting = awaitWaitingForStandby("0");
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> {
                        one.manager().care();
                        return awaitWaitingForStandby("0").equals(waiting);
                    });
        } finally {
            standby("");
            TimeZone.setDefault(before);
        }

        assertThat(write.orTimeout(20, TimeUnit.SECONDS).join()).isOne();
        assertThat(one.opened()).as("on the same session").isEqualTo(opened);
    }

    @Test
    void whoAsksWaitsForATransactionThatIsOpen() throws SQLException {
        for (boolean committed : new boolean[] {true, false}) {
            WriteToken token = WriteToken.at(System.currentTimeMillis());
            try (Connection open = connect()) {
                open.setAutoCommit(false);
                try (PreparedStatement insert = open.prepareStatement(token.claim())) {
                    insert.setObject(1, token.id());
                    insert.executeUpdate();
                }
                CompletableFuture<WriteState> asked =
                        one.view().outcome(token.id()).toCompletableFuture();
                Awaitility.await("it waits").until(() -> postgres.query(
                                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND wait_event = 'transactionid'")
                        .equals("1"));
                assertThat(asked).isNotDone();
                if (committed) {
                    open.commit();
                } else {
                    open.rollback();
                }
                assertThat(asked.orTimeout(10, TimeUnit.SECONDS).join())
                        .isEqualTo(committed ? WriteState.COMMITTED : WriteState.NOT_COMMITTED);
            }
        }
    }

    @Test
    void onlyTokensOlderThanADayAreEmptiedAndNotNearTheEndOfATurn() throws SQLException {
        long period = 3_000;
        long begin = period * WriteToken.PERIOD_MS;
        for (int ago = 0; ago < 4; ago++) {
            leave(begin - ago * WriteToken.PERIOD_MS + 1);
        }
        leave(begin - 4 * WriteToken.PERIOD_MS + WriteToken.PERIOD_MS - 1);
        try (Connection connection = connectAs("keeper")) {
            keeper.manager().tokens().empty(connection, begin + HOUR_MS / 2);
            keeper.manager().tokens().empty(connection, begin + WriteToken.PERIOD_MS - HOUR_MS / 2);
            assertThat(tokens()).isEqualTo("5");

            keeper.manager().tokens().empty(connection, begin + 2 * HOUR_MS);
        }
        assertThat(tokens()).isEqualTo("4");
        assertThat(postgres.query("SELECT count(*) FROM " + WriteToken.table(begin, 1)))
                .isEqualTo("0");
    }

    @Test
    void aRoleThatOnlyReadsIsNotLetIn() {
        postgres.sql("CREATE ROLE reader LOGIN PASSWORD 'reader'");

        assertThat(postgres.query("SELECT has_schema_privilege('reader', 'ucm', 'USAGE')"))
                .isEqualTo("f");
        assertThat(postgres.query("SELECT has_table_privilege('app', 'ucm.write_token_0', 'TRUNCATE')"))
                .isEqualTo("f");
    }

    @Test
    void tablesThatAreTakenAwayFailNobody() {
        postgres.sql("REVOKE INSERT ON ALL TABLES IN SCHEMA ucm FROM app");
        try {
            write(this::add);
            assertThat(amount()).isEqualTo("110");
            assertThat(one.manager().tokens().problem()).contains("a token could not be left: ", "permission denied");
        } finally {
            postgres.sql("GRANT INSERT ON ALL TABLES IN SCHEMA ucm TO app");
            Awaitility.await().until(() -> {
                one.manager().care();
                return one.manager().tokens().problem() == null;
            });
        }
    }

    private void leave(long serverMs) throws SQLException {
        WriteToken token = WriteToken.at(serverMs);
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement(token.claim())) {
            insert.setObject(1, token.id());
            insert.executeUpdate();
        }
    }

    private int add(Connection connection) throws SQLException {
        attempts.incrementAndGet();
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("UPDATE account SET amount = amount + 10 WHERE id = 1");
        }
    }

    private static <T> T write(SqlWork<T> work) {
        return one.view().write(work, PATIENT).toCompletableFuture().join();
    }

    private static void standby(String name) {
        postgres.settings("synchronous_standby_names = '" + name + "'");
        postgres.reload();
    }

    /** The process of a session that waits for a standby, and is not that one. */
    private static String awaitWaitingForStandby(String but) {
        String question =
                "SELECT coalesce(min(pid), 0) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = 'app'"
                        + " AND (pid <> " + but + " OR query NOT LIKE 'INSERT%')";
        Awaitility.await("it waits for a standby")
                .until(() -> !postgres.query(question).equals("0"));
        return postgres.query(question);
    }

    private static String tokens() {
        StringBuilder sum = new StringBuilder("SELECT 0");
        for (int number = 0; number < WriteToken.TABLES; number++) {
            sum.append(" + (SELECT count(*) FROM ")
                    .append(WriteToken.table(number))
                    .append(")");
        }
        return postgres.query(sum.toString());
    }

    private static String amount() {
        return postgres.query("SELECT amount FROM account WHERE id = 1");
    }

    private static Connection connect() throws SQLException {
        return connectAs("app");
    }

    private static Connection connectAs(String role) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres", role, role);
    }
}
