// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which node a call runs on, and what happens to those that wait when that changes. */
@Timeout(30)
class RoutesTest {

    private static final CallOptions PRIMARY = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);
    private static final SqlWork<Boolean> SELECT = connection -> {
        try (var statement = connection.createStatement()) {
            return statement.execute("select");
        }
    };

    private static final Consumer OTHER = new Consumer(Workbench.bundle(7, "other"));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("validate_after_idle_ms", 3_600_000));

    private final Manager manager = bench.manager;
    private final ConnectionManager view = bench.view();

    @Test
    void readsGoToReplicasAndWritesToThePrimary() {
        bench.route("n1", "n2", "n3");
        awaitServing();
        readUntilServedBy("n2", "n3");
        int before = bench.pools.borrowsAt("n1");

        for (int i = 0; i < 20; i++) {
            view.read(SELECT).toCompletableFuture().join();
        }
        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(before);

        view.write(SELECT).toCompletableFuture().join();
        view.read(SELECT, PRIMARY).toCompletableFuture().join();
        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(before + 2);
    }

    @Test
    void aFarReplicaIsNotReadWhereTheNearerOneHasAFreePlace() {
        readFar();
        int before = bench.pools.borrowsAt("n3");
        for (int i = 0; i < 20; i++) {
            view.read(SELECT).toCompletableFuture().join();
        }

        assertThat(bench.pools.borrowsAt("n3")).isEqualTo(before);
    }

    /** So that the nearer one's pool grows. */
    @Test
    void aFarReplicaIsReadWhereSomebodyWaitsForAMomentAtTheNearerOne() {
        Gate near = readFar();
        int before = bench.pools.borrowsAt("n3");
        fillWhereConnectionsComeBackQuickly(near);

        CompletableFuture<Boolean> waiting = view.read(SELECT).toCompletableFuture();
        Awaitility.await().until(() -> near.waiting() == 1);
        assertThat(bench.pools.borrowsAt("n3")).isEqualTo(before);

        view.read(SELECT).toCompletableFuture().join();
        assertThat(bench.pools.borrowsAt("n3")).isEqualTo(before + 1);
        near.exit(OTHER, System.nanoTime());
        waiting.join();
    }

    @Test
    void aFarReplicaIsReadWhereTheNearerOneIsBusyForLong() {
        Gate near = readFar();
        int before = bench.pools.borrowsAt("n3");
        Awaitility.await().until(() -> {
            hold(near, Duration.ofMillis(100));
            return near.servesWithin(TimeUnit.MILLISECONDS.toNanos(60));
        });
        assertThat(near.servesWithin(TimeUnit.MILLISECONDS.toNanos(10))).isFalse();
        fill(near);

        view.read(SELECT).toCompletableFuture().join();

        assertThat(bench.pools.borrowsAt("n3")).isEqualTo(before + 1);
    }

    @Test
    void aFarReplicaIsReadWhereNobodyKnowsForHowLongTheNearerOneIsBusy() {
        Gate near = readFar();
        int before = bench.pools.borrowsAt("n3");
        fill(near);

        view.read(SELECT).toCompletableFuture().join();

        assertThat(bench.pools.borrowsAt("n3")).isEqualTo(before + 1);
    }

    /** Its last connections came back quickly; those that are out now don't come back. */
    @Test
    void aFarReplicaIsReadWhereTheNearerOneIsStuck() {
        Gate near = readFar();
        int before = bench.pools.borrowsAt("n3");
        fillWhereConnectionsComeBackQuickly(near);
        Awaitility.await().until(() -> !near.servesWithin(TimeUnit.MILLISECONDS.toNanos(10)));

        view.read(SELECT).toCompletableFuture().join();

        assertThat(bench.pools.borrowsAt("n3")).isEqualTo(before + 1);
    }

    /** Both pools are open, and n3 is far; the gate of n2. */
    private Gate readFar() {
        bench.routeFar("n1", Set.of("n3"), "n2", "n3");
        awaitServing();
        readUntilServedBy("n2");
        Awaitility.await().until(() -> manager.readers().to(bench.node("n3")).serves());
        Awaitility.await()
                .until(() ->
                        manager.readers().to(bench.node("n2")).generations().capacity() == 2);
        return manager.readers().to(bench.node("n2")).gate();
    }

    private static void fillWhereConnectionsComeBackQuickly(Gate gate) {
        Awaitility.await().until(() -> {
            hold(gate, Duration.ofMillis(1));
            return gate.servesWithin(TimeUnit.MILLISECONDS.toNanos(10));
        });
        fill(gate);
    }

    private static void hold(Gate gate, Duration time) {
        for (int i = 0; i < 1_000; i++) {
            assertThat(gate.enterAtOnce(OTHER)).isTrue();
            gate.exit(OTHER, System.nanoTime() - time.toNanos());
        }
    }

    private static void fill(Gate gate) {
        while (gate.hasFree()) {
            gate.enterAtOnce(OTHER);
        }
    }

    @Test
    void aFarReplicaIsReadWhereItIsTheOnlyOne() {
        bench.routeFar("n1", Set.of("n2"), "n2");
        awaitServing();

        readUntilServedBy("n2");
    }

    @Test
    void aReplicasPoolIsOpenedByTheFirstReadThatWantsIt() throws SQLException {
        bench.route("n1", "n2");
        awaitServing();

        view.write(SELECT).toCompletableFuture().join();
        view.dataSource().getConnection().close();
        assertThat(bench.pools.opened).hasSize(1);

        view.read(SELECT).toCompletableFuture().join();
        Awaitility.await().until(() -> bench.pools.opened.size() == 2);
    }

    @Test
    void aReadThroughAClosedManagerOpensNoPool() {
        bench.route("n1", "n2");
        awaitServing();

        manager.close();

        assertThatThrownBy(() -> view.read(SELECT).toCompletableFuture().join())
                .hasMessageContaining("the manager was closed");
        assertThat(manager.lanes()).containsExactly(manager.primary());
    }

    @Test
    void withoutAReadableReplicaThePrimaryServesReads() {
        bench.route("n1");
        awaitServing();

        view.read(SELECT).toCompletableFuture().join();

        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(1);
    }

    @Test
    void aReplicaThatRefusesConnectionsIsPassedOver() {
        bench.route("n1", "n2");
        awaitServing();
        bench.server.refused = "db2";

        for (int i = 0; i < 10; i++) {
            view.read(SELECT).toCompletableFuture().join();
        }

        Awaitility.await().until(() -> bench.lost.contains("n2"));
        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(10);
    }

    @Test
    void aReadThatAReplicaHasNoTimeForIsMadeOnThePrimary() {
        bench.route("n1", "n2");
        awaitServing();
        readUntilServedBy("n2");
        Gate crowded = bench.manager.readers().serving().get(bench.node("n2")).gate();
        hold(crowded, Duration.ofMinutes(1));
        fill(crowded);
        Duration deadline = Duration.ofMillis(1_500);
        Awaitility.await("the gate has seen enough").until(() -> refuses(crowded, OTHER, deadline));
        int before = bench.pools.borrowsAt("n1");

        view.read(SELECT, CallOptions.DEFAULT.withDeadline(deadline))
                .toCompletableFuture()
                .join();

        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(before + 1);
    }

    private static boolean refuses(Gate gate, Consumer consumer, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        Waiter waiter = new Parked(consumer, Thread.currentThread(), deadline, false);
        Gate.Entry entry = gate.enter(Priority.NORMAL, waiter, deadline);
        if (entry instanceof Ticket place) {
            place.leave();
        }
        return entry instanceof Gate.Refused;
    }

    @Test
    void aBorrowThatFailsOnAReplicaIsMadeOnThePrimary() {
        bench.route("n1", "n2");
        awaitServing();
        readUntilServedBy("n2");
        Generations replica =
                bench.manager.readers().serving().get(bench.node("n2")).generations();
        Awaitility.await()
                .until(() -> replica.capacity() == 2 && manager.generations().capacity() == 2);
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch done = new CountDownLatch(1);
        List<CompletableFuture<?>> running = new ArrayList<>();
        bench.server.onConnect = () -> {
            throw new SQLTransientConnectionException("too many clients", "53300");
        };
        // What the replica's pool has is of no use, and it gets no other.
        bench.server.onIsValid = () -> {
            throw new SQLException("gone", "57P01");
        };
        Objects.requireNonNull(replica.current()).connections().raiseAlarm();
        int before = bench.pools.borrowsAt("n1");
        for (int i = 0; i < 2; i++) {
            running.add(view.read(connection -> {
                        both.countDown();
                        done.await();
                        return null;
                    })
                    .toCompletableFuture());
        }
        Awaitility.await().until(() -> both.getCount() == 0);
        done.countDown();
        running.forEach(CompletableFuture::join);

        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(before + 2);
    }

    @Test
    void writesWaitWhileThereIsNoPrimary() {
        bench.route("n1");
        awaitServing();
        bench.route(null);
        CompletableFuture<Boolean> write = view.write(SELECT).toCompletableFuture();
        Awaitility.await().until(() -> manager.pool().pending() == 1);

        bench.route("n2");

        assertThat(write.join()).isFalse();
        assertThat(bench.pools.borrowsAt("n2")).isEqualTo(1);
        assertThat(bench.pools.borrowsAt("n1")).isZero();
    }

    @Test
    void readsDoNotWaitForAPrimaryWhereAReplicaIsReadable() {
        bench.route(null, "n2");

        view.read(SELECT).toCompletableFuture().join();

        assertThat(bench.pools.borrowsAt("n2")).isEqualTo(1);
        assertThat(manager.generations().current()).isNull();
    }

    @Test
    void whoWaitsForAReplicaThatDoesNotOpenGoesToThePrimaryOnceThereIsOne() {
        bench.server.refused = "db2";
        bench.route(null, "n2");
        CompletableFuture<Boolean> read = view.read(SELECT).toCompletableFuture();
        Awaitility.await().until(() -> manager.pool().pending() == 1 && bench.lost.contains("n2"));

        bench.route("n1", "n2");

        assertThat(read.join()).isFalse();
        assertThat(bench.pools.borrowsAt("n1")).isEqualTo(1);
    }

    @Test
    void whoWaitsTooLongIsToldThatThereIsNoPrimary() {
        bench.route(null);

        assertThatThrownBy(() -> view.write(SELECT, CallOptions.DEFAULT.withDeadline(Duration.ofMillis(50)))
                        .toCompletableFuture()
                        .join())
                .hasCauseInstanceOf(PoolTimeoutException.class)
                .hasMessageContaining("nobody is writable");
    }

    @Test
    void whatRunsOnTheOldPrimaryGoesOn() {
        bench.route("n1");
        awaitServing();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture<String> write = view.write(connection -> {
                    running.countDown();
                    done.await();
                    return "kept";
                })
                .toCompletableFuture();
        Awaitility.await().until(() -> running.getCount() == 0);

        bench.route("n2");
        Awaitility.await().until(() -> bench.pools.opened.size() == 2);
        done.countDown();

        assertThat(write.join()).isEqualTo("kept");
        Awaitility.await().until(() -> bench.pools.opened.get(0).closed);
    }

    @Test
    void whoWaitsForAReplicaThatIsReadNoMoreGoesToAnother() {
        bench.route("n1", "n2");
        awaitServing();
        readUntilServedBy("n2");
        CountDownLatch done = new CountDownLatch(1);
        List<CompletableFuture<?>> held = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            held.add(view.read(connection -> done.await(20, java.util.concurrent.TimeUnit.SECONDS))
                    .toCompletableFuture());
        }
        Awaitility.await().until(() -> manager.lent().size() == 2);
        CompletableFuture<Boolean> waiting = view.read(SELECT).toCompletableFuture();
        Awaitility.await().until(() -> manager.pool().pending() == 1);

        bench.route("n1");

        assertThat(waiting.join()).isFalse();
        done.countDown();
        held.forEach(CompletableFuture::join);
        Awaitility.await("the replica's pool is closed when its reads are back")
                .until(() -> bench.pools.opened.get(1).closed);
    }

    @Test
    void aModeThatIsConfiguredSoReadsOnThePrimaryOnly() {
        Workbench other = new Workbench(Map.of("replica_reads", "false"));
        other.route("n1", "n2");
        Awaitility.await().until(() -> other.manager.generations().current() != null);

        other.view().read(SELECT).toCompletableFuture().join();
        other.view().read(SELECT).toCompletableFuture().join();

        assertThat(other.pools.borrowsAt("n1")).isEqualTo(2);
        assertThat(other.pools.opened).hasSize(1);
        other.afterEach(null);
    }

    @Test
    void aConnectionThatBreaksIsReported() {
        bench.route("n1");
        awaitServing();

        assertThatThrownBy(() -> view.write(connection -> {
                            bench.server.onCommit = () -> {
                                throw new SQLException("terminating connection", "57P01");
                            };
                            return null;
                        })
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class);

        assertThat(bench.lost).containsExactly("n1");
        bench.server.onCommit = () -> {};
    }

    @Test
    void aRoleThatIsRefusedSaysNothingOfTheNode() {
        bench.server.onConnect = () -> {
            throw new SQLException("password authentication failed", "28P01");
        };
        bench.route("n1");
        Awaitility.await()
                .until(() -> String.valueOf(manager.generations().why()).contains("28P01"));

        assertThat(bench.lost).isEmpty();
    }

    @Test
    void aStoppedBundlesReadsEndOnEveryNode() {
        bench.route("n1", "n2");
        awaitServing();
        readUntilServedBy("n2");
        CompletableFuture<Boolean> hanging = view.read(connection -> {
                    try (var statement = connection.createStatement()) {
                        return statement.execute("hang");
                    }
                })
                .toCompletableFuture();
        Awaitility.await().until(() -> bench.server.log.contains("hang"));

        manager.end(bench.orders);

        assertThatThrownBy(hanging::join).hasMessageContaining("was stopped");
        Awaitility.await().until(() -> manager.lent().isEmpty());
    }

    private void awaitServing() {
        Awaitility.await().until(() -> manager.generations().current() != null);
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
