// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.ConnectionManager;
import io.ucm.api.Priority;
import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pools that grow and shrink; {@link SimplePools} fail where the gate lets in more than there are connections. */
@Timeout(30)
class AutoscalerTest {

    @RegisterExtension
    final Workbench bench =
            new Workbench(Map.of("pool_size_count", 2, "pool_size_min_count", 2, "pool_size_max_count", 20));

    private final ConnectionManager view = bench.view();
    private final AtomicBoolean over = new AtomicBoolean();
    private final List<CompletableFuture<Void>> callers = new ArrayList<>();

    @AfterEach
    void allHaveTheirAnswers() {
        over.set(true);
        callers.forEach(CompletableFuture::join);
    }

    @Test
    void growsAsFarAsItMayAndOpensTheNextPoolAsLarge() {
        bench.serve();
        call(40);

        scaling().until(() -> bench.server.open.get() == 20);

        assertThat(bench.manager.decisions().all()).first().satisfies(first -> {
            assertThat(first.from()).isEqualTo(2);
            assertThat(first.why()).contains(" wait, which 2 connections would need ");
        });
        bench.serve();
        Awaitility.await().until(() -> bench.manager.pool().max() == 20 && bench.server.open.get() == 20);
    }

    @Test
    void takesWhatTheServerHasLeft() {
        bench.server.room = 7;
        bench.serve();
        call(40);

        scaling().until(() -> bench.manager.decisions().all().stream()
                .anyMatch(decision -> decision.why().endsWith("; the server has room for 3 more, not 6")));

        scaling().until(() -> bench.manager.generations().current().size() == 5);
        assertThat(bench.server.highest).hasValueLessThanOrEqualTo(2 + 7);
    }

    /** Its class keeps the driver that it came from. */
    @Test
    void aRefusalIsForgottenWithItsPool() {
        bench.serve();
        List<WeakReference<SQLException>> refusals = new CopyOnWriteArrayList<>();
        bench.server.onConnect = () -> {
            if (bench.server.open.get() >= 10) {
                SQLException refusal = new SQLException("sorry, too many clients already", "53300");
                refusals.add(new WeakReference<>(refusal));
                throw refusal;
            }
        };
        call(40);
        scaling().until(() -> bench.manager.decisions().all().stream()
                .anyMatch(decision -> decision.why().contains("(53300)")));
        allHaveTheirAnswers();
        bench.server.onConnect = () -> {};

        bench.serve();

        Awaitility.await().until(() -> {
            System.gc();
            return refusals.stream().allMatch(refusal -> refusal.get() == null);
        });
    }

    @Test
    void asksForLessWhereTheServerRefusesMore() {
        bench.serve();
        bench.server.onConnect = () -> {
            if (bench.server.open.get() >= 10) {
                throw new SQLException("sorry, too many clients already", "53300");
            }
        };
        call(40);

        scaling().until(() -> bench.manager.decisions().all().stream()
                .anyMatch(decision -> decision.why().startsWith("the server has no more connections (53300) with ")));
        scaling().until(() -> bench.manager.generations().current().size() <= 8);
    }

    @Test
    void closesWhatIsTooMuchAfterAWhile() {
        bench.serve();
        call(40);
        scaling().until(() -> bench.server.open.get() == 20);

        long now = System.nanoTime();
        bench.manager.resize(new SizeLimits(3, 3));

        scaling().until(() -> bench.manager.generations().current().capacity() == 3);
        long later = System.nanoTime();
        while (bench.server.open.get() > 3 && later - now < TimeUnit.MINUTES.toNanos(1)) {
            later += TimeUnit.SECONDS.toNanos(1);
            bench.manager.scale(later);
            Pause.of(Duration.ofMillis(10));
        }
        assertThat(bench.server.open).hasValue(3);
        assertThat(later - now).isGreaterThan(TimeUnit.SECONDS.toNanos(5));
        assertThat(bench.manager.decisions().all()).last().satisfies(last -> assertThat(last.why())
                .isEqualTo("the limits are 3 to 3 now"));
    }

    /** As when another bundle's pool comes while the limits are narrower for a moment. */
    @Test
    void aPoolThatWasOpenedSmallerGrowsAtOnce() {
        bench.serve();
        call(40);
        scaling().until(() -> bench.server.open.get() == 20);
        bench.manager.resize(new SizeLimits(2, 2));
        bench.serve();
        Awaitility.await().until(() -> bench.server.open.get() == 2);

        bench.manager.resize(new SizeLimits(2, 20));

        scaling().atMost(5, TimeUnit.SECONDS).until(() -> bench.server.open.get() == 20);
    }

    /** It is opened with one connection, and looked at by whoever is let in first, before it gets the others. */
    @Test
    void whatWasOpenedForThoseWhoWaitComesToTheSizeOfTheLastOne() {
        bench.serving();
        call(40);
        scaling().until(() -> bench.server.open.get() == 20);
        allHaveTheirAnswers();
        bench.route(null);
        Awaitility.await().until(() -> bench.server.open.get() == 0);
        Gate gate = bench.manager.primary().gate();
        Waiter looking = GateTest.waiter(() -> bench.manager.scale(System.nanoTime() + TimeUnit.SECONDS.toNanos(1)));
        gate.enter(Priority.NORMAL, looking, looking.deadline());
        bench.route(null, "n2");
        Awaitility.await().until(() -> bench.server.open.get() == 1);

        bench.route("n2");

        Awaitility.await().until(() -> bench.server.open.get() == 20);
        gate.exit(looking.consumer(), System.nanoTime());
    }

    /** Its connects take 150 ms, and 20 callers 20 ms. */
    @Test
    void tellsOfASpikeThatItDoesNotGrowFor() {
        bench.server.onConnect = () -> Pause.of(Duration.ofMillis(150));
        bench.serve();
        Awaitility.await().until(() -> bench.server.open.get() == 2);
        bench.server.onExecute = () -> Pause.of(Duration.ofMillis(2));

        List<CompletableFuture<Boolean>> spike =
                Stream.generate(this::insert).limit(20).toList();
        while (!spike.stream().allMatch(CompletableFuture::isDone)) {
            bench.manager.scale(System.nanoTime());
        }
        scaling().until(() -> !bench.manager.decisions().all().isEmpty());

        assertThat(bench.manager.decisions().all()).first().satisfies(told -> {
            assertThat(told.from()).isEqualTo(2);
            assertThat(told.to()).isEqualTo(2);
            assertThat(told.why())
                    .matches("up to \\d+ waited, for \\d+ ms, and it was over: a new connection takes 1\\d\\d ms");
        });
        assertThat(bench.server.highest).hasValue(2);
    }

    @Test
    void aSizeThatIsFixedStays() {
        bench.manager.resize(new SizeLimits(2, 2));
        bench.serve();
        call(40);
        for (int look = 0; look < 50; look++) {
            bench.manager.scale(System.nanoTime());
            Pause.of(Duration.ofMillis(10));
        }

        assertThat(bench.server.highest).hasValue(2);
        assertThat(bench.manager.decisions().all()).isEmpty();
    }

    /** So many callers, each of whom waits in the server for 10 ms, and then again. */
    private void call(int count) {
        bench.server.onExecute = () -> Pause.of(Duration.ofMillis(10));
        for (int caller = 0; caller < count; caller++) {
            callers.add(again());
        }
    }

    private CompletableFuture<Void> again() {
        return over.get() ? CompletableFuture.completedFuture(null) : insert().thenComposeAsync(done -> again());
    }

    private CompletableFuture<Boolean> insert() {
        return view.write(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute("insert");
                    }
                })
                .toCompletableFuture();
    }

    private ConditionFactory scaling() {
        return Awaitility.await().pollInterval(10, TimeUnit.MILLISECONDS).conditionEvaluationListener(evaluated -> {
            bench.manager.scale(System.nanoTime());
        });
    }
}
