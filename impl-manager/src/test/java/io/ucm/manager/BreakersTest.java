// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.CallOptions;
import io.ucm.api.CircuitOpenException;
import io.ucm.api.ConnectionManager;
import io.ucm.api.Role;
import io.ucm.api.SqlWork;
import io.ucm.manager.FakeBreakers.FakeBreaker;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is turned away by a breaker, and what a breaker is told. */
@Timeout(30)
class BreakersTest {

    private static final SqlWork<Boolean> SELECT = sql("select");

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("validate_after_idle_ms", 3_600_000, "commit_outcome", "RESOLVED"));

    private final FakeBreakers breakers = new FakeBreakers();
    private final FakeBreaker primary = breakers.of("n1", Role.PRIMARY);
    private final ConnectionManager view = bench.view();

    @BeforeEach
    void theClusterIsWatched() {
        bench.watch = breakers;
        bench.server.tokens = ConcurrentHashMap.newKeySet();
        bench.route("n1");
        awaitServing();
    }

    @Test
    void anOpenBreakerTurnsEveryCallerAwayAtOnceWithTheTimeToRetry() {
        primary.open = true;

        for (Throwable failure :
                List.of(failure(view.write(SELECT)), failure(view.read(SELECT)), catchThrowable(() -> view.dataSource()
                        .getConnection()))) {
            assertThat(failure)
                    .isInstanceOf(CircuitOpenException.class)
                    .hasMessageContaining("pool 'main/ASYNC_MODERN': the circuit breaker of n1 (db:5432) is open");
            assertThat(((CircuitOpenException) failure).retryAfter()).isEqualTo(FakeBreaker.RETRY_AFTER);
        }

        assertThat(bench.pools.borrowsAt("n1")).isZero();
        assertThat(bench.server.log).doesNotContain("select");
    }

    @Test
    void whoIsTurnedAwayDoesNotWaitBehindOthers() {
        CountDownLatch done = new CountDownLatch(1);
        List<CompletableFuture<?>> held = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            held.add(view.write(connection -> {
                        done.await();
                        return null;
                    })
                    .toCompletableFuture());
        }
        Awaitility.await().until(() -> bench.manager.lent().size() == 2);
        primary.open = true;

        assertThat(view.write(SELECT).toCompletableFuture()).isCompletedExceptionally();
        assertThatThrownBy(() -> view.dataSource().getConnection()).isInstanceOf(CircuitOpenException.class);

        done.countDown();
        held.forEach(CompletableFuture::join);
    }

    @Test
    void aHalfOpenBreakerLetsInAsManyAsItWants() {
        primary.leaves.set(1);

        view.write(SELECT).toCompletableFuture().join();

        assertThat(failure(view.write(SELECT))).isInstanceOf(CircuitOpenException.class);
        assertThat(bench.pools.borrowsAt("n1")).isOne();
    }

    @Test
    void whileThereIsNoPrimaryCallersWaitWhateverTheBreakerSays() {
        bench.route(null);
        primary.open = true;
        CompletableFuture<Boolean> write = view.write(SELECT).toCompletableFuture();
        Awaitility.await().until(() -> bench.manager.pool().pending() == 1);

        bench.route("n2");

        assertThat(write.join()).isFalse();
    }

    @Test
    void aReplicaWhoseBreakerIsOpenIsPassedOver() {
        bench.route("n1", "n2", "n3");
        readUntilServedBy("n2", "n3");
        breakers.of("n2", Role.REPLICA).open = true;
        int before = bench.pools.borrowsAt("n2");

        for (int i = 0; i < 20; i++) {
            view.read(SELECT).toCompletableFuture().join();
        }

        assertThat(bench.pools.borrowsAt("n2")).isEqualTo(before);
        assertThat(bench.pools.borrowsAt("n3")).isGreaterThan(20);
    }

    @Test
    void whereEachReplicasBreakerIsOpenThePrimaryServes() {
        bench.route("n1", "n2");
        readUntilServedBy("n2");
        breakers.of("n2", Role.REPLICA).leaves.set(0);
        int before = bench.pools.borrowsAt("n1");

        view.read(SELECT).toCompletableFuture().join();

        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(before + 1);
    }

    @Test
    void aWriteThatMayBeCommittedIsFoundOutThroughAnOpenBreaker() {
        Awaitility.await().until(() -> bench.manager.tokens().problem() == null);
        bench.server.onCommitted = () -> {
            bench.server.onCommitted = () -> {};
            primary.open = true;
            throw new SQLException("gone", "08006");
        };

        view.write(SELECT).toCompletableFuture().join();

        assertThat(bench.server.tokens).as("its own, and the look-up's").hasSize(2);
    }

    @Test
    void aReplayMeetsAnOpenBreakerAndSaysWhatItFailedWith() {
        bench.server.onExecute = () -> {
            primary.open = true;
            throw new SQLException("gone", "08006");
        };

        assertThat(failure(view.write(SELECT)))
                .isInstanceOf(CircuitOpenException.class)
                .hasRootCauseMessage("gone");
        assertThat(primary.told).containsExactly("08006");
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "XX000", "53200"})
    void aBreakerIsToldOfWhatTheServerSays(String state) {
        bench.server.onExecute = () -> {
            throw new SQLException("no", state);
        };

        failure(view.write(SELECT));
        assertThat(primary.told).containsExactly(state);
    }

    @Test
    void aBreakerIsToldOfEachUseWithItsLongestStatement() throws SQLException {
        Duration shortest = Duration.ofMillis(20);
        bench.server.onExecute = () -> await(shortest);
        view.write(connection -> SELECT.run(connection) || SELECT.run(connection))
                .toCompletableFuture()
                .join();
        try (Connection connection = view.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select");
        }

        assertThat(primary.told).containsExactly("well", "well");
        assertThat(primary.statements).allMatch(longest -> longest.compareTo(shortest) >= 0);
        assertThat(primary.statements.get(0)).as("not their sum").isLessThan(shortest.multipliedBy(2));
    }

    @Test
    void timeThatTheApplicationTakesIsNotTheNodes() {
        view.write(connection -> {
                    SELECT.run(connection);
                    await(Duration.ofMillis(100));
                    return null;
                })
                .toCompletableFuture()
                .join();

        assertThat(primary.statements).singleElement().satisfies(longest -> assertThat(longest)
                .isLessThan(Duration.ofMillis(100)));
    }

    @Test
    void anErrorOfTheWorkIsNone() {
        failure(view.write(connection -> {
            throw new SQLException("mine", "XX000");
        }));
        failure(view.write(connection -> {
            throw new IllegalStateException("mine");
        }));

        assertThat(primary.told).containsExactly("well", "well");
    }

    @Test
    void whatADeadlineEndsIsAnInterruption() {
        Duration deadline = Duration.ofMillis(150);

        failure(view.write(sql("hang"), CallOptions.DEFAULT.withDeadline(deadline)));

        Awaitility.await().until(() -> !primary.told.isEmpty());
        assertThat(primary.told).containsExactly("interrupted");
        assertThat(primary.statements.get(0)).isGreaterThan(deadline.dividedBy(2));
    }

    @Test
    void aStatementThatItsUserCancelsIsNoFailure() {
        bench.server.onExecute = () -> {
            throw new SQLException("canceling statement due to user request", "57014");
        };

        failure(view.write(SELECT));

        assertThat(primary.told).containsExactly("well");
    }

    @Test
    void aStatementThatRunsIntoTheModesLimitIsOne() {
        bench.change(Map.of("statement_timeout_ms", 20));
        Awaitility.await()
                .until(() -> bench.manager
                                .generations()
                                .current()
                                .blueprint()
                                .session()
                                .statementTimeout()
                                .toMillis()
                        == 20);
        bench.server.onExecute = () -> {
            await(Duration.ofMillis(20));
            throw new SQLException("canceling statement due to statement timeout", "57014");
        };

        failure(view.write(SELECT));

        assertThat(primary.told).containsExactly("57014");
    }

    @Test
    void whoGetsNoConnectionTellsNothingOfTheNode() {
        bench.server.onIsValid = () -> {
            throw new SQLException("gone", "57P01");
        };
        bench.server.onConnect = () -> {
            throw new SQLException("too many", "53300");
        };
        bench.manager.generations().current().connections().raiseAlarm();

        failure(view.write(SELECT, CallOptions.DEFAULT.withDeadline(Duration.ofMillis(100))));

        assertThat(primary.told).isNotEmpty().containsOnly("interrupted");
    }

    @Test
    void anotherPartsBreakerCountsFromTheExchangeOn() {
        view.write(SELECT).toCompletableFuture().join();
        primary.open = true;
        FakeBreakers next = new FakeBreakers();

        bench.watch = next;
        view.write(SELECT).toCompletableFuture().join();
        assertThat(next.of("n1", Role.PRIMARY).told).containsExactly("well");

        bench.watch = null;
        view.write(SELECT).toCompletableFuture().join();
        assertThat(next.of("n1", Role.PRIMARY).told).hasSize(1);
    }

    @Test
    void aBreakerIsAskedForByTheModeAndWhatItIsBasedOn() {
        Workbench other = new Workbench(Map.of("mode", "REPORTS", "based_on", "ML_TRAINING"));
        other.watch = breakers;
        other.serve();

        other.view().read(SELECT).toCompletableFuture().join();

        assertThat(breakers.asked).contains("n1 PRIMARY REPORTS ML_TRAINING");
        other.afterEach(null);
    }

    @Test
    void aPlainConnectionComesFromThePrimaryWhereEachReplicasBreakerIsOpen() throws SQLException {
        Workbench readers = new Workbench(Map.of("mode", "MCP_SERVER"));
        readers.watch = breakers;
        readers.route("n1", "n2");
        Awaitility.await().until(() -> {
            readers.view().dataSource().getConnection().close();
            return readers.pools.borrowsAt("n2") > 0;
        });
        breakers.of("n2", Role.REPLICA).leaves.set(0);
        int before = readers.pools.borrowsAt("n1");

        readers.view().dataSource().getConnection().close();

        assertThat(readers.pools.borrowsAt("n1")).isEqualTo(before + 1);
        readers.afterEach(null);
    }

    @Test
    void withoutAPrimaryAndWithAHalfOpenReplicaAReadWaitsUntilItsDeadline() {
        bench.route("n1", "n2");
        readUntilServedBy("n2");
        bench.route(null, "n2");
        breakers.of("n2", Role.REPLICA).leaves.set(0);
        CompletableFuture<Boolean> read = view.read(SELECT).toCompletableFuture();
        assertThat(read).isNotDone();

        breakers.of("n2", Role.REPLICA).leaves.set(1_000);

        assertThat(read.join()).isFalse();
    }

    @Test
    void aReadThatConflictsWithRecoveryIsRunOnAnotherNode() {
        bench.route("n1", "n2");
        readUntilServedBy("n2");
        AtomicInteger conflicts = new AtomicInteger();
        int primaries = bench.pools.borrowsAt("n1");
        int replicas = bench.pools.borrowsAt("n2");

        boolean answer = view.read(connection -> {
                    if (conflicts.getAndIncrement() == 0) {
                        throw new SQLException("canceling statement due to conflict with recovery", "40001");
                    }
                    return SELECT.run(connection);
                })
                .toCompletableFuture()
                .join();

        assertThat(answer).isFalse();
        assertThat(conflicts).hasValue(2);
        assertThat(bench.pools.borrowsAt("n2")).isEqualTo(replicas + 1);
        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(primaries + 1);
    }

    @Test
    void anotherReplicaIsPreferredToThePrimaryAfterAConflict() {
        bench.route("n1", "n2", "n3");
        readUntilServedBy("n2", "n3");
        int primaries = bench.pools.borrowsAt("n1");
        Set<Integer> first = ConcurrentHashMap.newKeySet();

        for (int i = 0; i < 10; i++) {
            int call = i;
            view.read(connection -> {
                        if (first.add(call)) {
                            throw new SQLException("canceling statement due to conflict with recovery", "40001");
                        }
                        return SELECT.run(connection);
                    })
                    .toCompletableFuture()
                    .join();
        }

        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(primaries);
    }

    private static SqlWork<Boolean> sql(String sql) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
            }
        };
    }

    /** What a server does that takes its time. */
    private static void await(Duration time) {
        Pause.of(time.plusMillis(1));
    }

    private static Throwable failure(CompletionStage<?> stage) {
        return catchThrowable(() -> stage.toCompletableFuture().join()).getCause();
    }

    private void awaitServing() {
        Awaitility.await().until(() -> bench.manager.generations().current() != null);
    }

    private void readUntilServedBy(String... nodes) {
        for (String node : nodes) {
            Awaitility.await(node).until(() -> {
                view.read(SELECT).toCompletableFuture().join();
                return bench.pools.borrowsAt(node) > 0;
            });
        }
    }
}
