// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.Access;
import io.ucm.api.BulkheadFullException;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class ManagerTest {

    private static final CallOptions SHORT = CallOptions.DEFAULT.withDeadline(Duration.ofMillis(100));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final FakeServer server = bench.server;
    private final Manager manager = bench.manager;
    private final ConnectionManager view = bench.view();

    @Test
    void writeCommitsOnceAndReturnsTheValue() {
        bench.serve();

        assertThat(answer(view.write(execute("insert")))).isEqualTo("insert");

        assertThat(server.log).containsSubsequence("insert", "commit").containsOnlyOnce("commit");
    }

    @Test
    void readIsReadOnlyAndLeavesNoTrace() {
        bench.serve();

        answer(view.read(execute("select")));

        assertThat(server.log).containsSubsequence("readOnly=true", "select", "commit", "readOnly=false");
    }

    @Test
    void workThatThrowsIsRolledBackAndItsExceptionComesUnchanged() {
        bench.serve();
        IllegalStateException thrown = new IllegalStateException("mine");

        assertThat(failure(view.write(connection -> {
                    throw thrown;
                })))
                .isSameAs(thrown);

        assertThat(server.log).contains("rollback").doesNotContain("commit");
    }

    @Test
    void aConnectionLostAtCommitLeavesTheOutcomeUnknownAndIsNotLentAgain() {
        bench.serve();
        server.onCommit = () -> {
            throw new SQLException("I/O error", "08006");
        };

        assertThat(failure(view.write(execute("insert"))))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasFieldOrPropertyWithValue("SQLState", "08007")
                .hasMessageContaining("'main/ASYNC_MODERN', node 'n1'");
        assertThat(server.log).containsOnlyOnce("close");
    }

    @Test
    void aWarningAtCommitLeavesTheOutcomeUnknown() {
        bench.serve();
        server.warnAtCommit = true;

        assertThat(failure(view.write(execute("insert"))))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("only locally");
    }

    @Test
    void aCallThatGetsNoConnectionByItsDeadlineSaysWhatThePoolLooksLike() throws Exception {
        bench.serve();
        try (Connection one = view.dataSource().getConnection();
                Connection two = view.dataSource().getConnection()) {
            assertThat(failure(view.write(execute("insert"), SHORT)))
                    .isInstanceOf(PoolTimeoutException.class)
                    .hasFieldOrPropertyWithValue("SQLState", "08001")
                    .hasMessageMatching("pool 'main/ASYNC_MODERN': no connection within \\d+ ms "
                            + "\\(active 2, idle 0, pending 0, max 2\\)");
        }
        assertThat(server.log).doesNotContain("insert");
    }

    @Test
    void aDeadlineCancelsTheStatementOnTheServerAndTheConnectionLivesOn() {
        bench.serve();

        assertThat(failure(view.write(execute("SELECT hang"), SHORT)))
                .isInstanceOf(DeadlineExceededException.class)
                .hasFieldOrPropertyWithValue("SQLState", "57014")
                .hasMessageContaining("deadline of 100 ms");

        Awaitility.await().until(() -> manager.pool().active() == 0);
        assertThat(server.log)
                .containsSubsequence("SELECT hang", "cancel", "rollback")
                .doesNotContain("commit", "close", "abort");
    }

    @Test
    void aDeadlineBetweenTwoStatementsStopsTheSecond() throws Exception {
        bench.serve();
        CountDownLatch late = new CountDownLatch(1);
        CompletableFuture<Throwable> second = new CompletableFuture<>();

        CompletionStage<Object> stage = view.write(
                connection -> {
                    try (Statement statement = connection.createStatement()) {
                        late.await();
                        statement.execute("second");
                    } catch (SQLException e) {
                        second.complete(e);
                    }
                    return "the work did not mind";
                },
                SHORT);
        assertThat(failure(stage)).isInstanceOf(DeadlineExceededException.class);
        late.countDown();

        assertThat(second.get(10, TimeUnit.SECONDS)).isInstanceOf(DeadlineExceededException.class);
        Awaitility.await().until(() -> manager.pool().active() == 0);
        assertThat(server.log).doesNotContain("second", "commit");
    }

    @Test
    void aDeadlineAfterCommitWasSentLeavesTheOutcomeUnknownAndCancelsNothing() {
        bench.serve();
        CountDownLatch answer = new CountDownLatch(1);
        server.onCommit = () -> await(answer);

        assertThat(failure(view.write(execute("insert"), SHORT)))
                .isInstanceOf(OutcomeUnknownException.class)
                .hasMessageContaining("no answer to COMMIT within the deadline of 100 ms");

        assertThat(server.log).doesNotContain("cancel");
        assertThat(manager.pool().active()).isOne();
        answer.countDown();
    }

    /** Others are served all the while, but not fast enough. */
    @Test
    void aCallThatIsCrowdedOutIsToldSo() {
        bench.serve();
        server.onExecute = () -> pause(20);
        List<CompletionStage<String>> crowd =
                Stream.generate(() -> view.read(execute("select"))).limit(200).toList();

        BulkheadFullException crowdedOut = (BulkheadFullException) failure(view.read(execute("select"), SHORT));

        assertThat(crowdedOut.retryAfter()).isPositive();
        crowd.forEach(each -> each.toCompletableFuture().join());
    }

    /** Nobody is served: that others are quick says nothing. */
    @Test
    void aCallThatWaitsForOneThatHangsIsLate() {
        bench.serve();
        CountDownLatch hanging = new CountDownLatch(1);
        List<CompletionStage<String>> quick =
                Stream.generate(() -> view.read(execute("select"))).limit(100).toList();
        quick.forEach(each -> each.toCompletableFuture().join());
        server.onExecute = () -> await(hanging);
        List<CompletionStage<String>> hogs = Stream.generate(() -> view.read(execute("select")))
                .limit(manager.pool().max())
                .toList();
        Awaitility.await().until(() -> manager.pool().idle() == 0);

        assertThat(failure(view.read(execute("select"), SHORT))).isInstanceOf(PoolTimeoutException.class);

        hanging.countDown();
        hogs.forEach(each -> each.toCompletableFuture().join());
    }

    /** That others take a minute says nothing of what its own work needs. */
    @Test
    void longWorkOfOthersLeavesACallMostOfItsTime() {
        Consumer consumer = manager.consumers().of(bench.orders);
        Call<String> call = new Call<>(
                manager, consumer, execute("select"), CallOptions.DEFAULT.withDeadline(Duration.ofMillis(1_600)), true);

        assertThat(call.time().needed(TimeUnit.MINUTES.toNanos(1))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(400));
        assertThat(call.time().needed(TimeUnit.MILLISECONDS.toNanos(1))).isEqualTo(TimeUnit.MILLISECONDS.toNanos(16));
    }

    /** What was read is true, whatever becomes of COMMIT. */
    @Test
    void aReadThatIsBeingFinishedAtItsDeadlineHasItsValue() {
        bench.serve();
        CountDownLatch answer = new CountDownLatch(1);
        server.onCommit = () -> await(answer);

        assertThat(view.read(execute("select"), SHORT).toCompletableFuture().join())
                .isEqualTo("select");

        answer.countDown();
        Awaitility.await().until(() -> manager.pool().active() == 0);
    }

    @Test
    void aSerializableReadIsTrueOnlyOnceItIsCommitted() {
        server.serializable = true;
        bench.serve();
        CountDownLatch answer = new CountDownLatch(1);
        server.onCommit = () -> await(answer);

        assertThat(failure(view.read(execute("select"), SHORT)))
                .isInstanceOf(DeadlineExceededException.class)
                .hasMessageContaining("the read was being finished");

        answer.countDown();
    }

    @Test
    void aReadThatChangedItsSessionIsTrueOnlyOnceItIsCommitted() {
        bench.serve();
        CountDownLatch answer = new CountDownLatch(1);
        server.onCommit = () -> await(answer);

        assertThat(failure(view.read(execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"), SHORT)))
                .isInstanceOf(DeadlineExceededException.class);

        answer.countDown();
    }

    @Test
    void cancellingTheStageCancelsTheStatement() {
        bench.serve();
        CompletableFuture<String> stage = view.write(execute("hang")).toCompletableFuture();
        Awaitility.await().until(() -> server.log.contains("hang"));

        assertThat(stage.cancel(true)).isTrue();

        assertThatThrownBy(stage::join).isInstanceOf(CancellationException.class);
        Awaitility.await().until(() -> server.log.contains("cancel"));
    }

    @Test
    void cancellingAfterCommitWasSentChangesNothing() {
        bench.serve();
        CountDownLatch answer = new CountDownLatch(1);
        server.onCommit = () -> await(answer);
        CompletableFuture<String> stage = view.write(execute("insert")).toCompletableFuture();
        Awaitility.await().until(() -> server.log.contains("commit"));

        assertThat(stage.cancel(true)).isFalse();
        answer.countDown();

        assertThat(answer(stage)).isEqualTo("insert");
    }

    @Test
    void cancellingAWaitingCallGivesUpItsPlace() {
        CompletableFuture<String> stage = view.write(execute("insert")).toCompletableFuture();
        assertThat(manager.pool().pending()).isOne();

        assertThat(stage.cancel(false)).isTrue();

        assertThat(manager.pool().pending()).isZero();
    }

    @Test
    void theTransactionBelongsToTheCall() {
        bench.serve();

        for (String refused : new String[] {"commit", "rollback", "autocommit"}) {
            assertThat(failure(view.write(connection -> {
                        switch (refused) {
                            case "commit" -> connection.commit();
                            case "rollback" -> connection.rollback();
                            default -> connection.setAutoCommit(true);
                        }
                        return null;
                    })))
                    .as(refused)
                    .hasFieldOrPropertyWithValue("SQLState", "2D000");
        }
    }

    @Test
    void theConnectionIsGoodUntilTheWorkReturns() {
        bench.serve();

        Connection kept = answer(view.write(connection -> connection));

        assertThatThrownBy(kept::createStatement).hasFieldOrPropertyWithValue("SQLState", "08003");
    }

    @Test
    void aLongerDeadlineOfTheCallRaisesTheStatementTimeout() {
        bench.serve();

        answer(view.write(execute("a"), CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(60))));
        answer(view.write(execute("b")));

        assertThat(server.log).filteredOn(sql -> sql.startsWith("SET LOCAL")).singleElement();
    }

    @Test
    void theModesLimitsAreDefaultsOfTheSession() {
        bench.serve();

        assertThat(server.sessions.get(0))
                .containsEntry("ApplicationName", "ucm/main/ASYNC_MODERN")
                .containsEntry(
                        "options",
                        "-c statement_timeout=5000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=300000"
                                + " -c default_transaction_read_only=off -c synchronous_commit=on"
                                + " -c application_name=ucm/main/ASYNC_MODERN");
    }

    @Test
    void callsThatWaitAreServedInTheirOrder() throws Exception {
        bench.serve();
        Connection one = view.dataSource().getConnection();
        Connection two = view.dataSource().getConnection();
        CompletableFuture<?>[] calls = new CompletableFuture<?>[20];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = view.write(execute("w" + i)).toCompletableFuture();
        }
        assertThat(manager.pool().pending()).isEqualTo(20);
        one.close();
        CompletableFuture.allOf(calls).get(10, TimeUnit.SECONDS);
        two.close();

        assertThat(server.log.stream().filter(sql -> sql.startsWith("w")))
                .containsExactly(java.util.stream.IntStream.range(0, 20)
                        .mapToObj(i -> "w" + i)
                        .toArray(String[]::new));
    }

    @Test
    void aWriteRefusesReadOnlyAccess() {
        assertThatThrownBy(() -> view.write(execute("insert"), CallOptions.DEFAULT.withAccess(Access.READ_ONLY)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pool 'main/ASYNC_MODERN': a write needs READ_WRITE access");
    }

    @Test
    void aCallAfterTheEndOfItsBundleFailsThroughItsStage() {
        manager.close();
        bench.threads.close();

        assertThat(failure(view.read(execute("select")))).hasFieldOrPropertyWithValue("SQLState", "08003");
    }

    private static SqlWork<String> execute(String sql) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
                return sql;
            }
        };
    }

    private static void pause(long milliseconds) {
        Pause.of(Duration.ofMillis(milliseconds));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Throwable failure(CompletionStage<?> stage) {
        try {
            return new AssertionError(
                    "succeeded with " + stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (Exception e) {
            return e;
        }
    }
}
