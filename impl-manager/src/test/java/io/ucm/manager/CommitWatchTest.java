// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.CallOptions;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.SqlWork;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** COMMITs that have no answer, and what the server says of them. */
@Timeout(30)
class CommitWatchTest {

    private static final CallOptions PATIENT = CallOptions.DEFAULT.withDeadline(Duration.ofSeconds(20));
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final FakeServer.Process WORKS =
            new FakeServer.Process(FakeServer.PID, FakeServer.STARTED, "active");

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("validate_after_idle_ms", 3_600_000));

    private final FakeServer server = bench.server;
    private final CommitWatch watch = new CommitWatch();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final List<CompletableFuture<Boolean>> writes = new ArrayList<>();

    /** When the last work ran. */
    private final AtomicLong ran = new AtomicLong();

    private final SqlWork<Boolean> insert = connection -> {
        ran.set(System.nanoTime());
        try (Statement statement = connection.createStatement()) {
            return statement.execute("insert");
        }
    };

    @AfterEach
    void answerAll() {
        answer.countDown();
        writes.forEach(write -> catchThrowable(() -> write.get(10, TimeUnit.SECONDS)));
    }

    @Test
    void whatTheServerWorksOnIsLeftAlone() throws Exception {
        server.processes = List.of(WORKS);
        List<CommitWatch.Sent> sent = sent(1);

        watch.look(sent);

        assertThat(server.log).contains("processes").doesNotContain("abort");
        answer.countDown();
        assertThat(writes.get(0).get(10, TimeUnit.SECONDS)).isFalse();
    }

    /** The COMMIT never came to it, or its answer was lost. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "7, then, idle",
                "7, then, idle in transaction",
                "7, then, null",
                "8, then, active",
                "7, before, active",
            })
    void whatTheServerDoesNotWorkOnIsUnknown(int pid, String started, String state) {
        server.processes = List.of(new FakeServer.Process(pid, started, state));
        List<CommitWatch.Sent> sent = sent(1);

        watch.look(sent);

        assertThat(server.log).contains("abort");
        answer.countDown();
        assertThat(catchThrowable(() -> writes.get(0).get(10, TimeUnit.SECONDS)))
                .hasCauseInstanceOf(OutcomeUnknownException.class);
    }

    @Test
    void nothingIsConcludedOfASessionWhoseProcessIsNotKnown() {
        server.started = null;
        List<CommitWatch.Sent> sent = sent(1);

        watch.look(sent);

        assertThat(server.log).contains("processes").doesNotContain("abort");
    }

    @Test
    void whatWasAnsweredMeanwhileIsLeftAlone() throws Exception {
        List<CommitWatch.Sent> sent = sent(1);
        answer.countDown();
        writes.get(0).get(10, TimeUnit.SECONDS);

        watch.look(sent);

        assertThat(server.log).contains("processes").doesNotContain("abort");
    }

    @Test
    void allOfANodeAreAskedForOverOneConnection() {
        List<CommitWatch.Sent> sent = sent(2);
        int before = server.urls.size();

        watch.look(sent);

        assertThat(server.urls).hasSize(before + 1);
        assertThat(server.log).containsOnlyOnce("processes");
        assertThat(server.log.stream().filter("abort"::equals)).hasSize(2);
    }

    @Test
    void aServerThatCannotBeAskedIsAskedAgain() {
        List<CommitWatch.Sent> sent = sent(1);
        server.onProcesses = () -> {
            throw new SQLException("gone", "08006");
        };
        watch.look(sent);
        assertThat(server.log).doesNotContain("abort");

        server.onProcesses = () -> {};
        watch.look(sent);
        assertThat(server.log).contains("abort");
    }

    @Test
    void oneLooksAtATime() {
        List<CommitWatch.Sent> sent = sent(1);
        server.processes = List.of(WORKS);
        server.onProcesses = () -> watch.look(sent);

        watch.look(sent);

        assertThat(server.log).containsOnlyOnce("processes");
    }

    @Test
    void nobodyIsAskedForNothing() {
        bench.serve();
        int before = server.urls.size();

        watch.look(List.of());

        assertThat(server.urls).hasSize(before);
    }

    @Test
    void onlyWhatIsLongUnderWayIsLookedAt() {
        assertThat(CommitWatch.isLong(-5, SECOND - 5)).isFalse();
        assertThat(CommitWatch.isLong(-5, SECOND - 4)).isTrue();
        sent(1);
        assertThat(longCommits(ran.get() + SECOND))
                .as("its work was not over then")
                .isEmpty();
    }

    /** What is only at work has sent nothing. */
    @Test
    void whatRunsIsNoCommit() {
        bench.serve();
        CountDownLatch running = new CountDownLatch(1);
        writes.add(bench.view()
                .write(
                        connection -> {
                            running.countDown();
                            await(answer);
                            return false;
                        },
                        PATIENT)
                .toCompletableFuture());
        Awaitility.await().until(() -> running.getCount() == 0);

        assertThat(longCommits(System.nanoTime() + 2 * SECOND)).isEmpty();
    }

    /** So many writes whose COMMIT has no answer yet. */
    private List<CommitWatch.Sent> sent(int amount) {
        bench.serve();
        server.onCommit = () -> {
            await(answer);
            if (server.log.contains("abort")) {
                throw new SQLException("the socket was closed", "08006");
            }
        };
        for (int i = 0; i < amount; i++) {
            writes.add(bench.view().write(insert, PATIENT).toCompletableFuture());
        }
        Awaitility.await()
                .until(() -> server.log.stream().filter("commit"::equals).count() == amount);
        List<CommitWatch.Sent> sent = longCommits(System.nanoTime() + 2 * SECOND);
        assertThat(sent).hasSize(amount);
        return sent;
    }

    private List<CommitWatch.Sent> longCommits(long now) {
        return bench.manager.lent().stream()
                .map(lent -> lent.holder().longCommit(now))
                .filter(Objects::nonNull)
                .toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
