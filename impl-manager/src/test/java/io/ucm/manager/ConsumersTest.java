// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.SqlWork;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a bundle does is its own, and ends with it. */
@Timeout(60)
class ConsumersTest {

    private static final CallOptions LONG = CallOptions.DEFAULT.withDeadline(Duration.ofMinutes(1));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("acquire_timeout_ms", 30_000));

    private final ConnectionManager orders = bench.manager.viewOf(bench.orders);
    private final ConnectionManager billing = bench.manager.viewOf(bench.billing);

    @Test
    void thePoolsReportSaysWhoDidWhatAndWhoHasWhat() throws Exception {
        bench.serve();
        answer(orders.read(c -> "one"));
        assertThatThrownBy(() -> answer(orders.write(c -> {
                    throw new IllegalStateException("no");
                })))
                .isInstanceOf(ExecutionException.class);
        try (Connection held = billing.dataSource().getConnection()) {
            PoolsReport.PoolReport report = PoolsReport.PoolReport.of(bench.manager);

            assertThat(report.consumers())
                    .containsExactly(
                            new PoolsReport.ConsumerReport("orders", 41, 2, 1, 0, 0, 0),
                            new PoolsReport.ConsumerReport("billing", 42, 1, 0, 1, 1, 0));
            assertThat(report.borrowed()).singleElement().satisfies(b -> {
                assertThat(List.of(b.bundle(), b.bundleId(), b.kind(), b.node()))
                        .containsExactly("billing", 42L, "connection", "n1");
                assertThat(b.heldMs()).isNotNegative();
                assertThat(b.since()).endsWith("Z");
            });
            assertThat(new PoolsReport(List.of(report)).toString()).containsPattern("billing +42 +connection");
            assertThat(held.isClosed()).isFalse();
        }
        assertThat(PoolsReport.PoolReport.of(bench.manager).borrowed()).isEmpty();
    }

    @Test
    void aStoppedBundlesWaitingAndRunningCallsAreCancelled() {
        bench.serve();
        CompletableFuture<Boolean> one = orders.write(hang(), LONG).toCompletableFuture();
        CompletableFuture<Boolean> two = orders.read(hang(), LONG).toCompletableFuture();
        CompletableFuture<String> waiting = orders.read(c -> "never", LONG).toCompletableFuture();
        CompletableFuture<String> other = billing.read(c -> "served", LONG).toCompletableFuture();
        Awaitility.await()
                .until(() -> bench.server.log.stream().filter("hang"::equals).count() == 2);

        bench.manager.end(bench.orders);

        for (CompletableFuture<?> call : List.of(one, two, waiting)) {
            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("bundle orders [41] was stopped; what it still did is cancelled");
        }
        assertThat(other.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo("served");
        assertThat(bench.server.log).contains("cancel");
    }

    @Test
    void aStoppedBundlesWaitingCallFailsWhileOthersHoldEverything() throws Exception {
        bench.serve();
        try (Connection one = billing.dataSource().getConnection();
                Connection two = billing.dataSource().getConnection()) {
            CompletableFuture<String> waiting = orders.read(c -> "never", LONG).toCompletableFuture();
            assertThat(bench.manager.pool().pending()).isOne();

            bench.manager.end(bench.orders);

            assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("bundle orders [41] was stopped");
            assertThat(bench.manager.pool().pending()).isZero();
            assertThat(one.isClosed() || two.isClosed()).isFalse();
        }
    }

    @Test
    void workIsNotBegunWhenItsBundleStopsWhileTheConnectionIsAsked() throws Exception {
        bench.serve();
        CountDownLatch asking = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        try (Connection first = billing.dataSource().getConnection()) {
            bench.manager.generations().current().connections().raiseAlarm();
            bench.server.onIsValid = () -> {
                asking.countDown();
                await(answer);
            };
            CompletableFuture<Boolean> call = orders.write(
                            c -> c.createStatement().execute("begun"), LONG)
                    .toCompletableFuture();
            await(asking);

            bench.manager.end(bench.orders);
            answer.countDown();

            assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("bundle orders [41] was stopped");
            assertThat(first.isClosed()).isFalse();
        }
        assertThat(bench.server.log).doesNotContain("begun");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStoppedBundlesConnectionsComeBack() throws Exception {
        bench.serve();
        Connection first = orders.dataSource().getConnection();
        Connection second = orders.dataSource().getConnection();
        second.setAutoCommit(false);

        bench.manager.end(bench.orders);

        try (Connection one = billing.dataSource().getConnection();
                Connection two = billing.dataSource().getConnection()) {
            assertThat(one.isClosed() || two.isClosed()).isFalse();
        }
        assertThatThrownBy(first::createStatement)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("bundle orders [41] was stopped");
        first.close();
        second.close();
        assertThat(bench.server.log).contains("abort");
    }

    @Test
    void workThatDoesNotEndLosesItsConnection() throws Exception {
        bench.serve();
        CountDownLatch stubborn = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            orders.write(
                    c -> {
                        stubborn.await();
                        return "late";
                    },
                    LONG);
        }
        Awaitility.await().until(() -> bench.manager.pool().active() == 2);

        bench.manager.end(bench.orders);

        String served = answer(billing.read(c -> "served", LONG));
        assertThat(served).isEqualTo("served");
        stubborn.countDown();
    }

    @Test
    void aStoppedBundleGetsNothingAny() {
        bench.serve();
        bench.manager.end(bench.orders);

        assertThatThrownBy(() -> answer(orders.read(c -> "no"))).hasMessageContaining("bundle orders [41] was stopped");
        assertThatThrownBy(orders.dataSource()::getConnection).hasMessageContaining("bundle orders [41] was stopped");
    }

    @Test
    void aBundleThatIsBackStartsAnew() throws Exception {
        bench.serve();
        answer(orders.read(c -> "before"));
        bench.manager.end(bench.orders);

        ConnectionManager again = bench.manager.viewOf(bench.orders);

        String after = answer(again.read(c -> "after"));
        assertThat(after).isEqualTo("after");
        assertThat(bench.manager.consumers().of(bench.orders).figures()).isEqualTo(new Consumer.Figures(1, 0, 0, 0));
    }

    /** Bundles stop at any moment of what eight threads do for them: nothing of theirs is left, nobody else notices. */
    @Test
    void nothingOfAStoppedBundleIsLeftWheneverItStops() throws Exception {
        bench.serve();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int round = 0; round < 200; round++) {
            ConnectionManager view = bench.manager.viewOf(bench.orders);
            Consumer consumer = bench.manager.consumers().of(bench.orders);
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Void>> users = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> use(view, consumer, go, i), threads))
                    .toList();
            go.countDown();
            answer(billing.read(c -> "other"));
            bench.manager.end(bench.orders);
            for (CompletableFuture<Void> user : users) {
                user.get(20, TimeUnit.SECONDS);
            }
            Awaitility.await("nothing is lent or open")
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> bench.manager.generations().open().lent().isEmpty()
                            && consumer.figures().open() == 0);
        }
        threads.shutdown();
        assertThat(bench.manager.primary().gate().waiting()).isZero();
        try (Connection one = billing.dataSource().getConnection();
                Connection two = billing.dataSource().getConnection()) {
            assertThat(one).isNotSameAs(two);
        }
    }

    /** Ends when its bundle has stopped; the first one keeps a connection that it never closes. */
    private static void use(ConnectionManager view, Consumer consumer, CountDownLatch go, int number) {
        try {
            go.await();
            if (number == 0) {
                view.dataSource().getConnection();
                return;
            }
            while (!consumer.ended()) {
                if (number % 2 == 0) {
                    answer(view.write(c -> c.createStatement().execute("insert"), LONG));
                } else {
                    view.dataSource().getConnection().close();
                }
            }
        } catch (Exception e) {
            assertThat(consumer.ended()).as("only a stopped bundle fails: " + e).isTrue();
        }
    }

    private static SqlWork<Boolean> hang() {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("hang");
            }
        };
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
