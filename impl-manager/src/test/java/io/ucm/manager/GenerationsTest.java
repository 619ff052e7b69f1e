// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.ConnectionManager;
import io.ucm.settings.Secret;
import io.ucm.spi.ConnectionPoolFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.osgi.framework.ServiceReference;

@Timeout(30)
class GenerationsTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final Manager manager = bench.manager;
    private final ConnectionManager view = bench.view();

    @Test
    void callersWaitUntilThereIsAPool() {
        CompletableFuture<String> call = view.read(connection -> "served").toCompletableFuture();
        assertThat(manager.pool().pending()).isOne();

        bench.serve();

        assertThat(call.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("served");
    }

    @Test
    void theOldPoolIsClosedWhenItsLastConnectionIsBack() throws Exception {
        bench.serve();
        SimplePools.SimplePool old = bench.pools.opened.get(0);
        Connection out = view.dataSource().getConnection();
        bench.serve();

        assertThat(view.read(c -> "on the new one").toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEqualTo("on the new one");
        assertThat(old.closed).isFalse();
        out.createStatement().execute("on the old one");
        out.close();

        Awaitility.await().until(() -> old.closed);
    }

    @Test
    void aLeavingPoolIsHeldUntilItsConnectionsAreBack() throws Exception {
        Part<ConnectionPoolFactory> part = bench.serve();
        Connection out = view.dataSource().getConnection();
        manager.generations().wantNothing("it left");
        CompletableFuture<Void> leaving =
                CompletableFuture.runAsync(() -> manager.generations().leave(part.reference()));
        Awaitility.await().until(() -> manager.generations().current() == null);
        assertThat(leaving).isNotDone();

        out.close();

        leaving.get(10, TimeUnit.SECONDS);
        assertThat(bench.pools.opened.get(0).closed).isTrue();
    }

    @Test
    void aPoolThatLeavesWithoutAReplacementHoldsItsBundleOnlyForWhatIsOut() {
        Part<ConnectionPoolFactory> part = bench.serve();

        manager.generations().leave(part.reference());

        assertThat(manager.generations().current()).isNull();
    }

    @Test
    void aPoolThatCannotBeOpenedIsTriedAgainAndTheReasonIsKnown() {
        bench.server.onConnect = () -> {
            throw new SQLException("connection refused", "08001");
        };
        CompletableFuture<Part<ConnectionPoolFactory>> serving = CompletableFuture.supplyAsync(bench::serve);
        Awaitility.await().until(() -> manager.generations().why().contains("connection refused"));
        assertThat(manager.generations().why()).contains("n1 (db:5432)");

        bench.server.onConnect = () -> {};

        serving.orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(manager.generations().why()).isNull();
    }

    /** Whatever it throws: else it would be built for ever. */
    @Test
    void aPoolThatEndsInAnErrorIsTriedAgain() {
        bench.server.onConnect = () -> {
            throw new AssertionError("not today");
        };
        bench.serveSoon();
        Awaitility.await().until(() -> manager.generations().why().contains("not today"));

        bench.server.onConnect = () -> {};

        Awaitility.await().until(() -> manager.generations().capacity() == 2);
    }

    @Test
    void whatNoThreadWasThereForIsAskedForAgain() {
        bench.threads.close();

        assertThatThrownBy(() -> bench.change(Map.of())).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> bench.change(Map.of())).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aNewOneThatCannotBeOpenedLeavesTheOldOneInPlace() throws Exception {
        bench.serve();
        bench.server.onConnect = () -> {
            throw new SQLException("connection refused", "08001");
        };
        CompletableFuture<?> serving = CompletableFuture.runAsync(bench::serve);
        Awaitility.await().until(() -> manager.generations().why() != null);

        assertThat(view.read(c -> "old").toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEqualTo("old");

        bench.server.onConnect = () -> {};
        serving.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aNewPoolServesOnceItHasAsManyConnectionsAsAreInUse() throws Exception {
        bench.serve();
        Generation old = manager.generations().current();
        Connection one = view.dataSource().getConnection();
        Connection other = view.dataSource().getConnection();
        CountDownLatch second = new CountDownLatch(1);
        // The first one asks the server for room, the next one is the pool's first.
        AtomicInteger connects = hangAtConnect(3, second);

        CompletableFuture<?> serving = CompletableFuture.runAsync(bench::serve);
        Awaitility.await().until(() -> connects.get() == 3);
        Awaitility.await()
                .during(300, TimeUnit.MILLISECONDS)
                .until(() -> manager.generations().current() == old);

        second.countDown();
        serving.get(10, TimeUnit.SECONDS);
        one.close();
        other.close();
        Awaitility.await().until(() -> manager.generations().open().tally().drained() == 2);
        assertThat(manager.generations().open().tally()).isEqualTo(new Tally(2, 0, 0, ""));
    }

    @Test
    void aNewPoolWhoseConnectionsDoNotAnswerIsRefusedWhileTheOldOneServes() {
        bench.serve();
        Generation old = manager.generations().current();
        bench.server.onIsValid = () -> {
            throw new SQLException("silence");
        };
        Generations generations = manager.generations();
        ServiceReference<?> bad = bench.serveSoon().reference();

        Awaitility.await().until(() -> generations.refusal(bad) != null);

        assertThat(generations.refusal(bad)).contains("does not answer");
        assertThat(generations.refusal(old.blueprint().driver().reference()))
                .as("the driver that serves")
                .isNull();
        assertThat(generations.current()).isSameAs(old);
        generations.want(old.blueprint());
        assertThat(generations.refusal(bad)).isNull();
        assertThat(generations.why()).isNull();
        bench.server.onIsValid = () -> {};
        bench.serve();
    }

    @Test
    void whoWaitsWhileThereIsNoPoolIsCounted() {
        CompletableFuture<String> one = view.read(connection -> "served").toCompletableFuture();
        CompletableFuture<String> other = view.read(connection -> "served").toCompletableFuture();

        bench.serve();

        CompletableFuture.allOf(one, other).orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(manager.generations().open().tally()).isEqualTo(new Tally(0, 0, 2, ""));
    }

    /** Its opening hangs until it is interrupted. */
    @Test
    void whoOpensWhatIsNotWantedAnyMoreGivesUp() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        bench.server.onConnect = () -> {
            hanging.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new SQLException("interrupted", "08001");
            }
        };
        CompletableFuture<Part<ConnectionPoolFactory>> serving = CompletableFuture.supplyAsync(bench::serve);
        await(hanging);
        bench.server.onConnect = () -> {};

        manager.generations().wantNothing("it left");

        await(interrupted);
        bench.serve();
        serving.orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Its bundle's classes are still needed. */
    @Test
    void aLeavingPartIsHeldWhileAPoolIsOpenedOnIt() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.server.onConnect = () -> {
            opening.countDown();
            awaitUninterrupted(go);
            throw new SQLException("too late", "08001");
        };
        Part<ConnectionPoolFactory> part = bench.serveSoon();
        await(opening);
        manager.generations().wantNothing("it left");
        CompletableFuture<Void> leaving =
                CompletableFuture.runAsync(() -> manager.generations().leave(part.reference()));
        Awaitility.await().during(200, TimeUnit.MILLISECONDS).until(() -> !leaving.isDone());

        go.countDown();

        leaving.get(10, TimeUnit.SECONDS);
    }

    /** Who builds it still, and was told to give up, is no reason to wait, and its failure is nobody's. */
    @Test
    void whatIsWantedAgainIsBuiltAgain() {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        bench.server.onConnect = () -> {
            opening.countDown();
            awaitUninterrupted(go);
            throw new SQLException("too late", "08001");
        };
        Generations generations = manager.generations();
        bench.serveSoon();
        await(opening);
        Blueprint blueprint = generations.inUse().get(0);
        bench.server.onConnect = () -> {};

        generations.wantNothing("it left");
        generations.want(blueprint);

        Awaitility.await().until(() -> generations.capacity() == 2);
        go.countDown();
        Awaitility.await().during(400, TimeUnit.MILLISECONDS).until(() -> generations.why() == null);
        assertThat(bench.pools.opened).hasSize(1);
    }

    @Test
    void aTryThatIsLeftOverBuildsNothingOnceItServes() {
        Generations generations = manager.generations();
        bench.server.onConnect = () -> {
            throw new SQLException("not yet", "08001");
        };
        bench.serveSoon();
        Blueprint blueprint = generations.inUse().get(0);
        Awaitility.await().until(() -> generations.why().contains("not yet"));
        bench.server.onConnect = () -> {};

        generations.wantNothing("it left");
        generations.want(blueprint);

        Awaitility.await().until(() -> generations.capacity() == 2);
        Awaitility.await().during(400, TimeUnit.MILLISECONDS).until(() -> bench.pools.opened.size() == 1);
    }

    @Test
    void anExchangeIsOverWhenTheNewPoolHasAllItsConnections() {
        CountDownLatch second = new CountDownLatch(1);
        hangAtConnect(2, second);
        bench.serve();
        Awaitility.await().during(300, TimeUnit.MILLISECONDS).until(() -> !manager.generations()
                .isSettled(null));

        second.countDown();

        Awaitility.await().until(() -> manager.generations().isSettled(null));
        assertThat(manager.generations().capacity()).isEqualTo(2);
    }

    /** Somebody else is wanted while it is proven, and then it again. */
    @Test
    void whatWasGivenUpIsNotWarmedAlthoughItIsWantedAgain() throws Exception {
        bench.serve();
        Generations generations = manager.generations();
        Blueprint old = generations.current().blueprint();
        CountDownLatch second = new CountDownLatch(1);
        // The first one asks the server for room, the next one is the pool's first.
        hangAtConnect(3, second);
        CountDownLatch proving = new CountDownLatch(1);
        CountDownLatch proven = new CountDownLatch(1);
        try (Connection one = view.dataSource().getConnection();
                Connection other = view.dataSource().getConnection()) {
            bench.server.onIsValid = () -> {
                proving.countDown();
                awaitUninterrupted(proven);
            };
            bench.serveSoon();
            await(proving);
            bench.server.onIsValid = () -> {};
            Blueprint next = generations.inUse().get(0);
            generations.want(old);
            generations.want(next);

            proven.countDown();

            Awaitility.await().atMost(3, TimeUnit.SECONDS).until(() -> bench.pools.opened.get(1).closed);
        }
        second.countDown();
    }

    /** What was wanted first can't be opened once it was hurried, and somebody else has the turn. */
    @Test
    void whoLeavesHurriesWhatIsWantedMeanwhile() throws Exception {
        ServiceReference<?> part = bench.serve().reference();
        manager.changeSettings(bench.settings(Map.of("hold_ms", 3_000)));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch another = new CountDownLatch(1);
        CompletableFuture<Void> turn =
                CompletableFuture.runAsync(() -> bench.threads.inTurn(Duration.ofSeconds(20), () -> false, () -> {
                    begun.countDown();
                    await(another);
                }));
        await(begun);
        CountDownLatch hurried = new CountDownLatch(1);
        bench.server.onConnect = () -> {
            hurried.countDown();
            throw new SQLException("refused", "08001");
        };
        bench.serveSoon();
        CompletableFuture<Void> leaving =
                CompletableFuture.runAsync(() -> manager.generations().leave(part));
        await(hurried);
        Awaitility.await()
                .until(() -> String.valueOf(manager.generations().why()).contains("refused"));
        bench.server.onConnect = () -> {};

        Part<ConnectionPoolFactory> next = bench.serveSoon();

        Awaitility.await().atMost(1, TimeUnit.SECONDS).until(() -> {
            Generation serving = manager.generations().current();
            return serving != null && serving.blueprint().pool().equals(next);
        });
        leaving.get(10, TimeUnit.SECONDS);
        another.countDown();
        turn.join();
    }

    /** Returns how many have come so far. */
    private AtomicInteger hangAtConnect(int number, CountDownLatch until) {
        AtomicInteger connects = new AtomicInteger();
        bench.server.onConnect = () -> {
            if (connects.incrementAndGet() == number) {
                await(until);
            }
        };
        return connects;
    }

    @Test
    void aManagerClosesItsPoolsAlthoughNothingRunsAnyMore() {
        manager.changeSettings(bench.settings(Map.of("hold_ms", 100, "drain_limit_ms", 10_000)));
        bench.serve();
        bench.threads.close();

        manager.close();

        assertThat(bench.pools.opened.get(0).closed).isTrue();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatHoldsBackANewerOneIsKnownWhileTheOldOneServes() {
        bench.serve();
        assertThat(manager.generations().why()).isNull();

        manager.generations().heldBack("the certificate is not whole");
        assertThat(manager.generations().why()).isEqualTo("the certificate is not whole");
        assertThat(manager.generations().current()).isNotNull();

        manager.generations().heldBack(null);
        assertThat(manager.generations().why()).isNull();
    }

    @Test
    void aNewerGenerationIsBuiltForOtherCertificates() {
        bench.serve();
        Blueprint before = manager.generations().current().blueprint();
        Tls other = new Tls(TlsMode.REQUIRE, null, false, false, new Secret(""));

        manager.generations()
                .want(new Blueprint(
                        before.pool(),
                        before.driver(),
                        before.cluster(),
                        before.session(),
                        before.credentials(),
                        before.node(),
                        other,
                        before.turns()));

        Awaitility.await()
                .until(() -> manager.generations().current().blueprint().tls().equals(other));
        assertThat(bench.server.sessions.get(bench.server.sessions.size() - 1)).containsEntry("sslmode", "require");
        Awaitility.await().until(() -> manager.generations().inUse().stream()
                .allMatch(blueprint -> blueprint.tls().equals(other)));
    }

    @Test
    void whoWaitsWhenTheManagerClosesIsToldSo() {
        CompletableFuture<String> call = view.read(connection -> "never").toCompletableFuture();

        manager.close();

        assertThatThrownBy(() -> call.orTimeout(10, TimeUnit.SECONDS).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .hasFieldOrPropertyWithValue("SQLState", "08003")
                .hasMessageContaining("the manager was closed");
        assertThatThrownBy(() -> view.dataSource().getConnection()).hasMessageContaining("the manager was closed");
    }
}
