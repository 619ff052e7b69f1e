// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteState;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a write whose COMMIT was sent and not answered. */
@Timeout(30)
class OutcomeTest {

    private static final CallOptions SOON = CallOptions.DEFAULT.withDeadline(Duration.ofMillis(400));

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of("commit_outcome", "RESOLVED"));

    private final FakeServer server = bench.server;
    private final ConnectionManager view = bench.view();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Set<Object> committed = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void tokensCanBeLeft() {
        server.tokens = committed;
        bench.serving();
        Awaitility.await().until(() -> bench.manager.tokens().problem() == null);
        server.log.clear();
    }

    @Test
    void theTokenGoesWithTheCommit() {
        assertThat(answer(view.write(work()))).isEqualTo("1");

        assertThat(server.log).containsSubsequence("insert", "token", "commit");
        assertThat(committed).hasSize(1);
    }

    @Test
    void whatWasCommittedBeforeTheAnswerWasLostIsAcknowledgedOnce() {
        server.onCommitted = losingOnce();

        assertThat(answer(view.write(work()))).isEqualTo("1");

        assertThat(attempts).hasValue(1);
        assertThat(server.log).containsSubsequence("token", "commit", "claim", "token", "commit");
        assertThat(committed).as("and one that the look-up left").hasSize(2);
        assertThat(bench.posted).containsExactly("io/ucm/write/RESOLVED COMMITTED");
    }

    @Test
    void whatNeverReachedTheServerIsRunAgain() {
        server.onCommit = losingOnce();

        assertThat(answer(view.write(work()))).isEqualTo("2");

        assertThat(committed).hasSize(1);
        assertThat(server.log).containsSubsequence("token", "commit", "claim", "insert", "commit");
        assertThat(bench.posted).containsExactly("io/ucm/write/RESOLVED NOT_COMMITTED");
    }

    @Test
    void theSameTokenIsUsedUntilItIsKnown() {
        AtomicInteger commits = new AtomicInteger();
        server.onCommit = () -> {
            if (commits.incrementAndGet() <= 3) {
                throw new SQLException("gone", "08006");
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("4");

        assertThat(committed).hasSize(1);
        assertThat(attempts).hasValue(4);
    }

    @Test
    void aFailureWhileItIsLookedForIsNoAnswer() {
        server.onCommitted = losingOnce();
        AtomicInteger claims = new AtomicInteger();
        server.onClaim = () -> {
            if (claims.incrementAndGet() <= 2) {
                throw new SQLException("canceling statement due to lock timeout", "55P03");
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("1");

        assertThat(claims).hasValue(3);
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aWarningAtCommitIsNoAcknowledgement() {
        server.warnAtCommit = true;

        Throwable failure = failure(view.write(work(), SOON));

        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        assertThat(attempts).as("committed, as the token tells").hasValue(1);
        assertThat(((OutcomeUnknownException) failure).token()).isPresent();
    }

    @Test
    void whatCanNotBeFoundOutInTimeIsUnknownAndCarriesTheToken() {
        server.onCommitted = losingOnce();
        server.onClaim = () -> {
            throw new SQLException("canceling statement due to lock timeout", "55P03");
        };

        Throwable failure = failure(view.write(work(), SOON));

        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        UUID token = ((OutcomeUnknownException) failure).token().orElseThrow();
        server.onClaim = () -> {};
        assertThat(answer(view.outcome(token))).isEqualTo(WriteState.COMMITTED);
    }

    @Test
    void whatMayBeCommittedIsUnknownAlsoWhereNoConnectionIsToBeHad() {
        server.onCommitted = () -> {
            server.onCommitted = () -> {};
            server.onConnect = () -> {
                throw new SQLException("refused", "08001");
            };
            server.onIsValid = server.onConnect;
            throw new SQLException("gone", "08006");
        };

        assertThat(failure(view.write(work(), SOON))).isInstanceOf(OutcomeUnknownException.class);
    }

    /** Else a COMMIT that was long on its way could arrive after the claim was undone. */
    @Test
    void aClaimThatIsLostIsMadeAgain() {
        server.onCommit = losingOnce();
        AtomicInteger runs = new AtomicInteger();
        server.onExecute = () -> {
            if (runs.incrementAndGet() == 2) {
                throw new SQLException("gone", "08006");
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("3");

        assertThat(server.log.stream().filter("claim"::equals)).hasSize(2);
        assertThat(committed).hasSize(1);
    }

    @Test
    void aTableThatTheWorkMissesIsNotTheTokens() {
        server.onCommit = () -> {
            server.onCommit = () -> {};
            throw new SQLException("could not serialize access", "40001");
        };
        SqlWork<String> missing = connection -> {
            if (attempts.incrementAndGet() > 1) {
                throw new SQLException("relation \"orders\" does not exist", "42P01");
            }
            return "once";
        };

        assertThat(failure(view.write(missing))).hasFieldOrPropertyWithValue("SQLState", "42P01");
        assertThat(attempts).hasValue(2);
        assertThat(bench.manager.tokens().problem()).isNull();
    }

    @Test
    void whatIsNotCommittedNeverWillBe() {
        UUID token = WriteToken.at(System.currentTimeMillis()).id();

        assertThat(answer(view.outcome(token))).isEqualTo(WriteState.NOT_COMMITTED);
        assertThat(answer(view.outcome(token))).isEqualTo(WriteState.NOT_COMMITTED);
        assertThat(committed).contains(token);
    }

    @Test
    void whatMayBeForgottenIsNotAsked() {
        UUID old = WriteToken.at(System.currentTimeMillis() - TimeUnit.HOURS.toMillis(25))
                .id();

        assertThat(failure(view.outcome(old))).hasMessageContaining("older than 24 hours");
        assertThat(failure(view.outcome(new UUID(-1, -1)))).hasMessageContaining("none of UCM's");
        assertThat(committed).isEmpty();
    }

    @Test
    void aFailureOfTheWorkRunAgainIsTheAnswer() {
        server.onCommit = losingOnce();
        SqlWork<String> once = connection -> {
            if (attempts.incrementAndGet() > 1) {
                throw new SQLException("duplicate key", "23505");
            }
            return "once";
        };

        assertThat(failure(view.write(once))).hasFieldOrPropertyWithValue("SQLState", "23505");
        assertThat(committed).isEmpty();
    }

    @Test
    void whatMayBeCommittedIsNotCancelled() {
        server.onCommitted = losingOnce();
        server.onClaim = () -> {
            throw new SQLException("canceling statement due to lock timeout", "55P03");
        };
        CompletableFuture<String> write = view.write(work()).toCompletableFuture();
        Awaitility.await().until(() -> server.log.contains("claim"));

        assertThat(write.cancel(true)).isFalse();

        server.onClaim = () -> {};
        assertThat(answer(write)).isEqualTo("1");
    }

    @Test
    void withoutTablesItIsReported() {
        bench.manager.tokens().failed(new SQLException("relation does not exist", "42P01"));
        server.tokens = null;
        server.onCommitted = losingOnce();

        Throwable failure = failure(view.write(work()));

        assertThat(failure).isInstanceOf(OutcomeUnknownException.class).hasMessageEndingWith("it carries no token");
        assertThat(attempts).hasValue(1);
    }

    @Test
    void tablesThatAreGoneFailNobody() {
        AtomicInteger commits = new AtomicInteger();
        server.onCommit = () -> {
            if (commits.incrementAndGet() == 1) {
                throw new SQLException("relation \"ucm.write_token_0\" does not exist", "42P01");
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("2");
    }

    @Test
    void whatTheServerStillDoesForALostOneIsEnded() {
        server.onExecute = losingOnce();

        assertThat(answer(view.write(work()))).isEqualTo("2");

        assertThat(server.log)
                .containsSubsequence(
                        "insert",
                        "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE pid = ? AND extract(epoch FROM backend_start)::text = ?",
                        "insert");
    }

    /** What was sent into a network that has lost it may arrive later: until its backend was told to end, nothing is settled. */
    @Test
    void allThatWereLostAreEnded() {
        server.onExecute = losing(2);
        server.onTerminate = losing(1);

        assertThat(answer(view.write(work()))).isEqualTo("3");

        assertThat(server.log.stream()
                        .filter(text -> text.startsWith("SELECT pg_terminate_backend"))
                        .count())
                .as("one in vain, then each of the three")
                .isEqualTo(4);
    }

    /** It says first why it ends, and that the connection is gone after that: the record of the COMMIT may be on its disk. */
    @Test
    void aServerThatPanicsAtCommitMayHaveCommitted() {
        AtomicInteger commits = new AtomicInteger();
        server.onCommitted = () -> {
            if (commits.getAndIncrement() == 0) {
                SQLException panic = new SQLException("could not write to file pg_wal/0001: No space left", "53100");
                panic.setNextException(new SQLException("An I/O error occurred", "08006"));
                throw panic;
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("1");

        assertThat(attempts).hasValue(1);
        assertThat(bench.posted).containsExactly("io/ucm/write/RESOLVED COMMITTED");
    }

    @Test
    void aConnectionThatIsClosedAfterAnyErrorAtCommitMayHaveCommitted() {
        AtomicInteger commits = new AtomicInteger();
        server.onCommitted = () -> {
            if (commits.getAndIncrement() == 0) {
                server.closing = true;
                throw new SQLException("could not fsync", "58030");
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("1");

        assertThat(attempts).hasValue(1);
    }

    @Test
    void anErrorOfAServerThatGoesOnIsTheAnswer() {
        server.onCommit = () -> {
            throw new SQLException("disk full", "53100");
        };

        assertThat(failure(view.write(work()))).hasMessage("disk full");
        assertThat(attempts).hasValue(1);
    }

    /** The claim waits for an older transaction: nobody runs the work after its caller was told. */
    @Test
    void nothingIsRunThatCameToItsTurnAfterTheDeadline() throws InterruptedException {
        server.onCommitted = losingOnce();
        CountDownLatch over = new CountDownLatch(1);
        server.onClaim = () -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            committed.clear();
        };

        assertThat(failure(view.write(work(), SOON))).isInstanceOf(OutcomeUnknownException.class);
        Awaitility.await().until(() -> server.log.contains("cancel"));
        over.countDown();

        Awaitility.await().until(() -> bench.manager.pool().active() == 0);
        assertThat(attempts).hasValue(1);
    }

    /** The session is restored before it goes back to the pool, which may take long: the answer does not wait for that. */
    @Test
    void whatIsCommittedIsAnsweredWithinTheDeadline() {
        CountDownLatch go = new CountDownLatch(1);
        server.onReset = () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        CompletionStage<String> write = view.write(
                connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("SET work_mem = '1MB'");
                    }
                    return "done";
                },
                SOON);

        assertThat(answer(write)).isEqualTo("done");
        go.countDown();
    }

    /** Nobody knows what its session still does. */
    @Test
    void whatADriversBugLeftOnTheServerIsEnded() {
        AtomicInteger commits = new AtomicInteger();
        server.onCommitted = () -> {
            if (commits.getAndIncrement() == 0) {
                throw new IllegalStateException("a driver's bug");
            }
        };

        assertThat(answer(view.write(work()))).isEqualTo("1");

        assertThat(server.log).anyMatch(text -> text.startsWith("SELECT pg_terminate_backend"));
        assertThat(attempts).hasValue(1);
    }

    @Test
    void aDriverThatFailsOtherwiseLeavesNothingBehind() {
        server.onCommitted = losingOnce();
        server.onClaim = () -> {
            server.onCommit = () -> {
                throw new IllegalStateException("a driver's bug");
            };
        };

        assertThat(failure(view.write(work(), SOON))).isInstanceOf(OutcomeUnknownException.class);
        server.onCommit = () -> {};
        Awaitility.await().until(() -> bench.manager.pool().active() == 0);
    }

    private SqlWork<String> work() {
        return connection -> {
            String attempt = String.valueOf(attempts.incrementAndGet());
            try (Statement statement = connection.createStatement()) {
                statement.execute("insert");
            }
            return attempt;
        };
    }

    private static FakeServer.Behaviour losingOnce() {
        return losing(1);
    }

    private static FakeServer.Behaviour losing(int count) {
        AtomicInteger times = new AtomicInteger();
        return () -> {
            if (times.getAndIncrement() < count) {
                throw new SQLException("gone", "08006");
            }
        };
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Throwable failure(CompletionStage<?> stage) {
        Throwable thrown = catchThrowable(() -> answer(stage));
        return thrown instanceof CompletionException ? thrown.getCause() : thrown;
    }
}
