// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.BulkheadFullException;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.SqlWork;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A read whose statement ran into the mode's limit once may only have been unlucky. */
@Timeout(30)
class CutShortTest {

    private static final int LIMIT_MS = 150;
    private static final int PATIENCE_MS = 750;
    private static final CallOptions LONG = CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("acquire_timeout_ms", PATIENCE_MS, "statement_timeout_ms", LIMIT_MS));

    private final ConnectionManager view = bench.view();
    private final AtomicInteger attempts = new AtomicInteger();

    @Test
    void aReadThatRanIntoTheModesLimitIsRunAgain() {
        bench.serve();

        assertThat(answer(view.read(cutShort(1)))).isEqualTo("done");

        assertThat(attempts).hasValue(2);
        assertThat(bench.server.log).containsSubsequence("select", "rollback", "select", "commit");
    }

    @Test
    void whatRunsIntoItTwiceIsSlow() {
        bench.serve();

        assertThat(failure(view.read(cutShort(Integer.MAX_VALUE))))
                .hasMessage("canceling statement due to statement timeout");
        assertThat(attempts).hasValue(2);
    }

    @Test
    void whatSomebodyCancelledStaysCancelled() {
        bench.serve();
        bench.server.onExecute = () -> {
            throw new SQLException("canceling statement due to user request", "57014");
        };

        assertThat(failure(view.read(cutShort(0)))).hasMessage("canceling statement due to user request");
        assertThat(bench.server.log).containsOnlyOnce("select");
    }

    @Test
    void whoseBeginRanIntoItAndWhoIsLateThenIsToldOfIt() {
        bench.serve();
        AtomicInteger begins = new AtomicInteger();
        CountDownLatch late = new CountDownLatch(1);
        bench.server.onBegin = () -> {
            if (begins.incrementAndGet() == 1) {
                throw new SQLException("canceling statement due to statement timeout", "57014");
            }
            await(late);
        };

        assertThat(failure(view.write(cutShort(0), CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(1)))))
                .isInstanceOf(DeadlineExceededException.class)
                .hasRootCauseMessage("canceling statement due to statement timeout");
        assertThat(begins).hasValue(2);
        late.countDown();
    }

    @Test
    void aWriteAndAReadWithADeadlineOfItsOwnAreNotRunAgain() {
        bench.serve();

        assertThat(failure(view.write(cutShort(1)))).hasFieldOrPropertyWithValue("SQLState", "57014");
        assertThat(attempts).hasValue(1);

        attempts.set(0);
        assertThat(failure(view.read(cutShort(1), LONG))).hasFieldOrPropertyWithValue("SQLState", "57014");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void whereAllAreSlowMostAreNotRunAgain() {
        bench.serve();
        int calls = 12;
        for (int i = 0; i < calls; i++) {
            failure(view.read(cutShort(Integer.MAX_VALUE)));
        }

        assertThat(attempts).hasValue(calls + 10);
    }

    /** Who waited so long behind others that there is no time for a second try: it is the crowd that was in its way. */
    @ParameterizedTest(name = "{0} calls before it")
    @ValueSource(ints = {0, 40})
    void whoHasNoTimeForASecondTryBecauseItWaitedIsTurnedAway(int callsThatTellHowLongWorkTakes) {
        bench.serve();
        bench.server.onExecute = () -> pause(10);
        Stream.generate(() -> view.read(cutShort(0)))
                .limit(callsThatTellHowLongWorkTakes)
                .toList()
                .forEach(CutShortTest::answer);
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch second = new CountDownLatch(1);
        CompletionStage<String> longer = view.write(waiting(first), LONG);
        CompletionStage<String> shorter = view.write(waiting(second), LONG);
        Awaitility.await().until(() -> bench.manager.pool().active() == 2);
        CompletionStage<String> before = view.read(cutShort(0));
        CompletionStage<String> unlucky = view.read(cutShort(Integer.MAX_VALUE));
        pause(650);
        second.countDown();

        assertThat(failure(unlucky))
                .isInstanceOf(BulkheadFullException.class)
                .hasMessageContaining("the statement ran into its time limit after a wait of ")
                .hasRootCauseMessage("canceling statement due to statement timeout");

        assertThat(answer(before)).isEqualTo("done");
        first.countDown();
        answer(longer);
        answer(shorter);
    }

    /** Work that runs into the limit at its first tries. */
    private SqlWork<String> cutShort(int tries) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("select");
            }
            if (attempts.incrementAndGet() <= tries) {
                pause(LIMIT_MS + 1);
                throw new SQLException("canceling statement due to statement timeout", "57014");
            }
            return "done";
        };
    }

    private static SqlWork<String> waiting(CountDownLatch latch) {
        return connection -> {
            await(latch);
            return "done";
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause(long milliseconds) {
        Pause.of(Duration.ofMillis(milliseconds));
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> answer(stage));
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }
}
