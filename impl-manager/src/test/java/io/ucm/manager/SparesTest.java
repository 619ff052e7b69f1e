// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.ConnectionPoolFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.osgi.framework.ServiceReference;

/** What is connected to while there is no primary. */
@Timeout(30)
class SparesTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("pool_size_count", 3));

    private final Manager manager = bench.manager;

    @Test
    void theNextPrimaryServesWithWhatWasOpenedBefore() {
        List<CompletableFuture<Integer>> writes = lose(5);
        awaitOpened(3);
        // Whoever needs another connection to the new primary waits for it.
        CountDownLatch never = new CountDownLatch(1);
        bench.server.onConnect = () -> await(never);

        bench.route("n2");

        writes.forEach(write -> write.orTimeout(10, TimeUnit.SECONDS).join());
        assertThat(bench.pools.borrowsAt("n2")).isEqualTo(5);
        never.countDown();
    }

    @Test
    void thosePreparedInVainAreClosed() {
        lose(1);
        awaitOpened(3);

        bench.route("n2");

        Awaitility.await().until(() -> closed("n1") && closed("n3") && !closed("n2"));
        assertThat(manager.generations().current().blueprint().node().id()).isEqualTo("n2");
    }

    @Test
    void theOldPrimaryThatIsBackServesAndTheOthersAreClosed() {
        lose(1);
        awaitOpened(3);

        bench.route("n1");

        assertThat(write().orTimeout(10, TimeUnit.SECONDS).join()).isOne();
        Awaitility.await().until(() -> closed("n2") && closed("n3"));
    }

    @Test
    void itGetsAllItsConnectionsOnceItServes() {
        lose(1);
        awaitOpened(3);
        assertThat(bench.server.open.get()).as("one waits").isEqualTo(2);

        bench.route("n2");

        Awaitility.await().until(() -> manager.generations().capacity() == 3);
        assertThat(opened("n2")).isOne();
    }

    /** While it is promoted it may not be read, and is not written to. */
    @Test
    void whoWasNoReplicaAnyMoreServesWithWhatWasOpenedBefore() {
        lose(1);
        awaitOpened(3);
        bench.route(null, "n3");
        bench.route(null);

        bench.route("n2");

        assertThat(write().orTimeout(10, TimeUnit.SECONDS).join()).isOne();
        assertThat(opened("n2")).isOne();
    }

    @Test
    void whereNobodyWaitsNothingIsOpened() {
        lose(0);

        bench.route("n2");

        Awaitility.await().until(() -> manager.generations().current() != null);
        assertThat(opened("n2")).isOne();
        assertThat(opened("n3")).isZero();
    }

    @Test
    void thoseThatNobodyWaitsForComeOneAfterTheOther() {
        lose(0);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch another = new CountDownLatch(1);
        CompletableFuture<Void> first =
                CompletableFuture.runAsync(() -> manager.threads().inTurn(Duration.ofSeconds(10), () -> false, () -> {
                    begun.countDown();
                    await(another);
                }));
        await(begun);

        bench.route("n2");

        Awaitility.await().during(Duration.ofMillis(200)).until(() -> opened("n2") == 0);
        assertThat(write().orTimeout(10, TimeUnit.SECONDS).join()).isOne();
        another.countDown();
        first.join();
    }

    @Test
    void whoIsBeingOpenedIsWaitedFor() {
        park();
        CountDownLatch connecting = new CountDownLatch(1);
        bench.server.onConnect = () -> await(connecting);
        CompletableFuture<Integer> write = write();
        bench.route(null, "n2");

        bench.route("n2");
        assertThat(write).isNotDone();
        connecting.countDown();

        assertThat(write.orTimeout(10, TimeUnit.SECONDS).join()).isOne();
        assertThat(opened("n2")).isOne();
    }

    @Test
    void oneThatCouldNotBeOpenedIsOpenedWhenItServes() {
        park();
        write();
        bench.server.refused = "db2";
        bench.route(null, "n2");
        Awaitility.await().until(() -> bench.server.urls.stream().anyMatch(url -> url.contains("//db2:")));
        bench.server.refused = "nobody";

        bench.route("n2");

        assertThat(write().orTimeout(10, TimeUnit.SECONDS).join()).isOne();
    }

    @Test
    void oneThatCouldNotBeOpenedIsTriedAgainWhenMoreIsKnown() {
        park();
        write();
        bench.server.refused = "db2";
        bench.route(null, "n2");
        Awaitility.await().until(() -> bench.server.urls.stream().anyMatch(url -> url.contains("//db2:")));
        bench.server.refused = "nobody";

        Awaitility.await().until(() -> {
            bench.route(null, "n2", "n3");
            return opened("n2") == 1;
        });
    }

    @Test
    void oneWithoutConnectionsDoesNotServe() {
        lose(1);
        awaitOpened(3);
        bench.server.onConnect = () -> {
            throw new SQLException("refused", "08001");
        };
        manager.generations().open().cutOff(Set.of(bench.node("n2")));
        Awaitility.await().until(() -> bench.server.log.contains("abort"));
        bench.server.onConnect = () -> {};

        bench.route("n2");

        assertThat(write().orTimeout(10, TimeUnit.SECONDS).join()).isOne();
        assertThat(opened("n2")).isEqualTo(2);
    }

    @Test
    void aPartThatLeavesTakesThemWithIt() throws Exception {
        lose(1);
        awaitOpened(3);
        ServiceReference<ConnectionPoolFactory> part = bench.poolPart();

        CompletableFuture.runAsync(() -> manager.generations().leave(part)).get(10, TimeUnit.SECONDS);

        assertThat(closed("n2") && closed("n3")).isTrue();
    }

    /** It is taken elsewhere, while somebody has just looked which ones are to stay. */
    @Test
    void oneThatWasTakenIsNotOpenedAgain() throws Exception {
        Blueprint blueprint = bench.serving().blueprint();
        Spares spares = new Spares(
                manager.generations().open(),
                bench.threads.background(),
                spare -> Generation.open(spare, 1, bench.threads.background(), (node, failure) -> {}),
                () -> {});
        spares.want(List.of(blueprint));
        awaitOpened(2);
        CompletableFuture<Generation> taken = new CompletableFuture<>();
        Thread elsewhere = new Thread(() -> taken.complete(take(spares, blueprint)));

        spares.retain(spare -> {
            elsewhere.start();
            Awaitility.await()
                    .until(elsewhere::getState, Set.of(Thread.State.BLOCKED, Thread.State.TERMINATED)::contains);
            return true;
        });

        manager.generations().open().close(taken.get(10, TimeUnit.SECONDS));
        assertThat(spares.blueprints()).isEmpty();
    }

    private static Generation take(Spares spares, Blueprint blueprint) {
        try {
            return spares.take(blueprint);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void oneThatIsStillConnectingWhenAllEndsIsClosed() {
        park();
        write();
        CountDownLatch connecting = new CountDownLatch(1);
        bench.server.onConnect = () -> awaitUninterrupted(connecting);
        bench.route(null, "n2");
        Awaitility.await().until(() -> bench.server.urls.stream().anyMatch(url -> url.contains("//db2:")));
        manager.close();
        bench.threads.close();

        connecting.countDown();

        Awaitility.await().until(() -> opened("n2") == 1 && closed("n2"));
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
    }

    @Test
    void anExchangeIsSettledBesideThem() {
        lose(1);
        awaitOpened(3);

        Awaitility.await().until(() -> manager.generations().isSettled(null));
    }

    @Test
    void aClosedManagerHasNone() {
        lose(1);
        awaitOpened(3);

        manager.close();
        bench.route(null, "n2", "n3");

        Awaitility.await().until(() -> bench.server.open.get() == 0);
        assertThat(bench.pools.opened).hasSize(3);
    }

    /** The primary is gone, two nodes may follow it, and so many writes wait. */
    private List<CompletableFuture<Integer>> lose(int waiting) {
        park();
        List<CompletableFuture<Integer>> writes =
                IntStream.range(0, waiting).mapToObj(i -> write()).toList();
        bench.route(null, "n2", "n3");
        return writes;
    }

    /** There is no primary any more. */
    private void park() {
        bench.serving();
        bench.route(null);
        Awaitility.await().until(() -> closed("n1"));
    }

    private CompletableFuture<Integer> write() {
        return bench.view()
                .write(connection -> {
                    connection.createStatement().execute("insert");
                    return 1;
                })
                .toCompletableFuture();
    }

    private void awaitOpened(int pools) {
        Awaitility.await().until(() -> bench.pools.opened.size() == pools);
    }

    private long opened(String node) {
        return bench.pools.opened.stream().filter(pool -> pool.isTo(node)).count();
    }

    private boolean closed(String node) {
        return bench.pools.opened.stream().filter(pool -> pool.isTo(node)).allMatch(pool -> pool.closed);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
