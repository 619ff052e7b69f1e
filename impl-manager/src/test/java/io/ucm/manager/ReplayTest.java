// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails without having been done is run again. */
@Timeout(30)
class ReplayTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final FakeServer server = bench.server;
    private final ConnectionManager view = bench.view();
    private final AtomicInteger attempts = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01"})
    void aTransactionThatTheServerUndidIsRunAgain(String state) {
        bench.serve();

        assertThat(answer(view.write(failing(5, new SQLTransactionRollbackException("undone", state)))))
                .isEqualTo("done");

        assertThat(attempts).hasValue(6);
        assertThat(server.log).containsOnlyOnce("commit");
    }

    @Test
    void aCommitThatTheServerRefusesIsRunAgain() {
        bench.serve();
        AtomicInteger commits = new AtomicInteger();
        server.onCommit = () -> {
            if (commits.incrementAndGet() <= 2) {
                throw new SQLException("could not serialize access", "40001");
            }
        };

        assertThat(answer(view.write(failing(0, null)))).isEqualTo("done");
        assertThat(attempts).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "57P01", "57P02"})
    void aConnectionLostBeforeCommitIsReplacedAndTheWorkRunAgain(String state) {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("gone", state));

        assertThat(answer(view.write(statement("insert")))).isEqualTo("insert");

        assertThat(attempts).hasValue(2);
        assertThat(server.log).containsOnlyOnce("commit");
        Awaitility.await("the broken one was closed, and another opened").until(() -> server.open.get() == 2);
    }

    @Test
    void aConnectionLostThatTheWorkDidNotMindIsNotCommitted() {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("gone", "08006"));

        String done = answer(view.write(connection -> {
            attempts.incrementAndGet();
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert");
            } catch (SQLException e) {
                return "swallowed";
            }
            return "done";
        }));

        assertThat(done).isEqualTo("done");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aConnectionLostAtTheBeginIsReplaced() {
        bench.serve();
        server.onBegin = failingOnce(new SQLException("gone", "08006"));

        assertThat(answer(view.write(statement("insert"), CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20)))))
                .isEqualTo("insert");
        assertThat(attempts).as("the work was not begun").hasValue(1);
    }

    /** The limit of the mode is in force until the statement that lengthens it has run. */
    @Test
    void aBeginThatTheServerHadNoTimeForIsRepeated() {
        bench.serve();
        server.onBegin = failingOnce(new SQLException("canceling statement due to statement timeout", "57014"));

        assertThat(answer(view.write(statement("insert"), CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20)))))
                .isEqualTo("insert");
        assertThat(attempts).hasValue(1);
        assertThat(server.log).as("the failed transaction is over").containsSubsequence("rollback", "insert", "commit");
    }

    @Test
    void aBeginThatFailsForAnotherReasonIsNot() {
        bench.serve();
        AtomicInteger begins = new AtomicInteger();
        server.onBegin = () -> {
            begins.incrementAndGet();
            throw new SQLException("invalid value for parameter", "22023");
        };

        assertThat(failure(view.write(statement("insert"), CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20)))))
                .hasFieldOrPropertyWithValue("SQLState", "22023");
        assertThat(begins).hasValue(1);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void aReadIsRunAgainToo() {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("conflict with recovery", "40001"));

        assertThat(answer(view.read(statement("select")))).isEqualTo("select");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aPlanThatNoLongerFitsIsMadeAnewOnce() {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("cached plan must not change result type", "0A000"));

        assertThat(answer(view.write(statement("select")))).isEqualTo("select");
        assertThat(attempts).hasValue(2);

        attempts.set(0);
        server.onExecute = () -> {
            throw new SQLException("not supported", "0A000");
        };
        assertThat(failure(view.write(statement("select")))).hasMessage("not supported");
        assertThat(attempts).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "42601", "22012", "28000", "3D000", "25P03", "57014", "55P03"})
    void whatCanNotSucceedIsNotRunAgain(String state) {
        bench.serve();
        server.onExecute = () -> {
            throw new SQLException("no", state);
        };

        assertThat(failure(view.write(statement("insert")))).hasFieldOrPropertyWithValue("SQLState", state);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void anExceptionOfTheWorksOwnIsNotAReasonButItsCauseIs() {
        bench.serve();

        assertThat(failure(view.write(failing(1, new IllegalStateException("mine")))))
                .hasMessage("mine");
        assertThat(attempts).hasValue(1);

        attempts.set(0);
        SQLException cause = new SQLTransactionRollbackException("undone", "40001");
        assertThat(answer(view.write(failing(1, new IllegalStateException("wrapped", cause)))))
                .isEqualTo("done");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void theDeadlineEndsItAndSaysWhy() {
        bench.serve();

        assertThat(failure(view.write(
                        failing(Integer.MAX_VALUE, new SQLTransactionRollbackException("undone", "40001")),
                        CallOptions.DEFAULT.withDeadline(Duration.ofMillis(300)))))
                .isInstanceOfAny(DeadlineExceededException.class, SQLTransactionRollbackException.class);

        assertThat(attempts.get()).isGreaterThan(3);
        assertThat(server.log).doesNotContain("commit");
    }

    @Test
    void aLostRoleEndsEveryConnectionInItAndIsReported() throws Exception {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("cannot execute INSERT in a read-only transaction", "25006"));

        assertThat(answer(view.write(statement("insert")))).isEqualTo("insert");

        assertThat(bench.lost).contains("n1");
        try (Connection one = view.dataSource().getConnection();
                Connection two = view.dataSource().getConnection()) {
            assertThat(server.sessions).as("two at first, both were replaced").hasSize(4);
        }
    }

    @Test
    void aReadThatWritesIsNoLostRole() {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("cannot execute INSERT in a read-only transaction", "25006"));

        assertThat(failure(view.read(statement("insert")))).hasFieldOrPropertyWithValue("SQLState", "25006");
        assertThat(bench.lost).isEmpty();
        assertThat(server.log).doesNotContain("close");
    }

    @Test
    void afterOneBrokeTheOthersAreAskedBeforeTheyAreLent() throws Exception {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("terminating connection", "57P01"));
        Connection idle;
        try (Connection breaking = view.dataSource().getConnection()) {
            idle = view.dataSource().getConnection();
            assertThat(catchThrowable(() -> breaking.createStatement().execute("select")))
                    .hasMessage("terminating connection");
            idle.close();
        }
        server.onIsValid = () -> {
            throw new SQLException("gone too", "57P01");
        };

        try (Connection one = view.dataSource().getConnection();
                Connection two = view.dataSource().getConnection()) {
            assertThat(server.sessions).as("two at first, both were replaced").hasSize(4);
        }
        assertThat(server.log).containsOnlyOnce("isValid");
    }

    @Test
    void afterOneBrokeEachOtherIsAskedOnce() throws Exception {
        bench.serve();
        server.onExecute = failingOnce(new SQLException("terminating connection", "57P01"));
        try (Connection breaking = view.dataSource().getConnection()) {
            assertThat(catchThrowable(() -> breaking.createStatement().execute("select")))
                    .hasMessage("terminating connection");
        }

        for (int i = 0; i < 3; i++) {
            try (Connection one = view.dataSource().getConnection();
                    Connection two = view.dataSource().getConnection()) {
                assertThat(one).isNotSameAs(two);
            }
        }
        assertThat(server.log).containsOnlyOnce("isValid");
    }

    private FakeServer.Behaviour failingOnce(SQLException e) {
        AtomicInteger runs = new AtomicInteger();
        return () -> {
            if (runs.getAndIncrement() == 0) {
                throw e;
            }
        };
    }

    private SqlWork<String> failing(int times, Exception e) {
        return connection -> {
            if (attempts.incrementAndGet() <= times) {
                throw e;
            }
            return "done";
        };
    }

    private SqlWork<String> statement(String sql) {
        return connection -> {
            attempts.incrementAndGet();
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
            return sql;
        };
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> answer(stage));
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }
}
