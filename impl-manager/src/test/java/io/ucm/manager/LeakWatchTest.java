// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who forgets a connection loses it, and is named. */
@Timeout(30)
class LeakWatchTest {

    private record Line(String text, @Nullable Throwable stack) {}

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("leak_limit_ms", 300_000));

    private final ConnectionManager view = bench.view();
    private final List<Line> log = new CopyOnWriteArrayList<>();
    private final LeakWatch watch =
            new LeakWatch(bench.threads, () -> List.of(bench.manager), (text, stack) -> log.add(new Line(text, stack)));
    private final long start = System.nanoTime();

    @Test
    void aConnectionThatGoesUnusedIsTakenBackAndItsBundleNamed() throws Exception {
        bench.serving();
        Connection forgotten = view.dataSource().getConnection();
        assertStays(299);

        assertTaken(302);

        assertThat(log).singleElement().satisfies(line -> {
            assertThat(line.text())
                    .matches("main/ASYNC_MODERN: took a connection to n1 \\(db:5432\\) back from bundle orders \\[41], "
                            + "which borrowed it at 20[^ ]*Z, 30[12] s ago: it went unused for 30[12] s, "
                            + "and leak.limit.ms is 300 s. Where it was borrowed, borrow.trace=true would tell");
            assertThat(line.stack()).isNull();
        });
        assertThatThrownBy(forgotten::createStatement)
                .hasFieldOrPropertyWithValue("SQLState", "08003")
                .hasMessageMatching(
                        "pool 'main/ASYNC_MODERN': the connection was taken back from bundle orders \\[41]: "
                                + "it went unused for 30[12] s, and leak.limit.ms is 300 s");
        assertThat(bench.server.log).contains("abort");
        assertThat(PoolsReport.PoolReport.of(bench.manager).consumers())
                .containsExactly(new PoolsReport.ConsumerReport("orders", 41, 1, 1, 0, 0, 1));
        forgotten.close();
        view.dataSource().getConnection().close();
    }

    @Test
    void aConnectionThatIsUsedStays() throws Exception {
        bench.serving();
        Connection used = view.dataSource().getConnection();
        assertStays(299);
        Statement statement = used.createStatement();
        assertStays(500);
        statement.execute("one");
        assertStays(799);
        assertStays(1_098);

        assertTaken(1_101);
    }

    @Test
    void aStatementThatRunsIsAUse() throws Exception {
        bench.serving();
        Connection busy = view.dataSource().getConnection();
        Statement statement = busy.createStatement();
        CompletableFuture<Void> running = CompletableFuture.runAsync(
                () -> assertThatThrownBy(() -> statement.execute("hang")).isInstanceOf(SQLException.class));
        Awaitility.await().until(() -> bench.server.log.contains("hang"));
        assertStays(1_000);
        assertStays(2_000);

        statement.cancel();
        running.get(10, TimeUnit.SECONDS);

        assertStays(3_000);
        assertTaken(3_302);
    }

    @Test
    void aResultThatIsReadIsAUse() throws Exception {
        bench.serving();
        Connection reading = view.dataSource().getConnection();
        ResultSet result = reading.createStatement().executeQuery("select");
        assertStays(200);
        result.getString(1);
        assertStays(400);
        assertStays(699);

        assertTaken(701);
    }

    /** For instance one that listens for notifications. */
    @Test
    void aConnectionWhoseUserHasTheDriversPartIsNotJudged() throws Exception {
        bench.serving();
        try (Connection connection = view.dataSource().getConnection()) {
            connection.unwrap(Serializable.class);

            assertStays(1_000);
            assertStays(9_000);
        }
    }

    @Test
    void theLimitIsTheModesOfNow() throws Exception {
        bench.serving();
        Connection connection = view.dataSource().getConnection();
        bench.change(Map.of("leak_limit_ms", 0));
        assertStays(9_000);

        bench.change(Map.of("leak_limit_ms", 1_000));

        assertTaken(9_001);
        assertThatThrownBy(connection::createStatement).hasMessageContaining("leak.limit.ms is 1 s");
    }

    @Test
    void aCallHasADeadlineInstead() throws Exception {
        bench.serving();
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<String> call = view.write(
                        connection -> {
                            assertThat(end.await(20, TimeUnit.SECONDS)).isTrue();
                            return "done";
                        },
                        CallOptions.DEFAULT.withDeadline(Duration.ofMinutes(1)))
                .toCompletableFuture();
        Awaitility.await().until(() -> !bench.manager.lent().isEmpty());
        assertStays(9_000);
        assertThat(PoolsReport.PoolReport.of(bench.manager).borrowed())
                .singleElement()
                .hasFieldOrPropertyWithValue("unusedMs", null);

        end.countDown();

        assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("done");
    }

    @Test
    void theStackOfTheBorrowIsToldWhereTheModeKeepsIt() throws Exception {
        bench.serving();
        bench.change(Map.of("leak_limit_ms", 300_000, "borrow_trace", "true"));
        view.dataSource().getConnection();
        PoolsReport.PoolReport report = PoolsReport.PoolReport.of(bench.manager);

        assertTaken(301);

        String here = "theStackOfTheBorrowIsToldWhereTheModeKeepsIt";
        assertThat(report.borrowed()).singleElement().satisfies(borrowed -> {
            assertThat(borrowed.stack()).anyMatch(frame -> frame.contains(here));
            assertThat(borrowed.unusedMs()).isBetween(0L, borrowed.heldMs());
        });
        assertThat(new PoolsReport(List.of(report)).toString()).contains("--json has the stacks of the borrows");
        assertThat(log).singleElement().satisfies(line -> {
            assertThat(line.text()).endsWith("leak.limit.ms is 300 s");
            assertThat(line.stack().getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals(here));
        });
    }

    @Test
    void noStackIsKeptOtherwise() throws Exception {
        bench.serving();
        try (Connection connection = view.dataSource().getConnection()) {
            PoolsReport report = new PoolsReport(List.of(PoolsReport.PoolReport.of(bench.manager)));

            assertThat(report.pools().get(0).borrowed()).singleElement().hasFieldOrPropertyWithValue("stack", null);
            assertThat(report.toString()).doesNotContain("stacks");
            assertThat(connection.isClosed()).isFalse();
        }
    }

    private void assertStays(int seconds) {
        look(seconds);
        assertThat(bench.manager.lent()).hasSize(1);
        assertThat(log).isEmpty();
    }

    private void assertTaken(int seconds) {
        look(seconds);
        Awaitility.await().until(() -> bench.manager.lent().isEmpty() && log.size() == 1);
    }

    private void look(int seconds) {
        watch.look(start + TimeUnit.SECONDS.toNanos(seconds));
    }
}
