// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server, through one manager, as what its mode comes there. Thread-safe; blocks nowhere.
 *
 * <p>Invariant: {@code latest} is replaced only when its answer is there and older than {@link #PERIOD}, and whoever
 * replaced it asks. So at most one question of a manager is out, and one is asked in each period, however often it is
 * checked.
 */
final class RoleCheck {

    /** How long an answer counts. */
    static final Duration PERIOD = Duration.ofSeconds(5);

    /** The deadline of the read. */
    static final Duration DEADLINE = Duration.ofSeconds(2);

    /** How much later than its deadline a read may be answered. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final ConnectionManager manager;
    private final String name;

    /** Nanoseconds, from any origin. */
    private final LongSupplier ticker;

    private final AtomicReference<@Nullable Question> latest = new AtomicReference<>();

    /** One question and, in time, its answer. */
    private record Question(long asked, CompletableFuture<Answer> answer) {}

    private record Answer(long at, long tookMs, Judgement judgement) {}

    RoleCheck(ConnectionManager manager, LongSupplier ticker) {
        this.manager = manager;
        this.name = "role %s/%s".formatted(manager.cluster(), manager.mode().name());
        this.ticker = ticker;
    }

    ConnectionManager manager() {
        return manager;
    }

    boolean isOf(String cluster, String mode) {
        return manager.cluster().equals(cluster) && manager.mode().name().equals(mode);
    }

    /** The latest answer with its age, or the next one. Never fails. */
    CompletableFuture<HealthComponent> component() {
        Question known = latest.get();
        if (known != null && !outdated(known)) {
            return aged(known);
        }
        Question next = new Question(ticker.getAsLong(), new CompletableFuture<>());
        if (!latest.compareAndSet(known, next)) {
            return component();
        }
        ask(next);
        return aged(next);
    }

    /** For when the answer doesn't come in time. */
    HealthComponent unanswered() {
        Question out = latest.get();
        long since = out == null ? 0 : ticker.getAsLong() - out.asked();
        boolean mayCome = since < DEADLINE.plus(GRACE).toNanos();
        return new HealthComponent(
                name,
                mayCome ? HealthStatus.TEMPORARILY_UNAVAILABLE : HealthStatus.HEALTH_CHECK_ERROR,
                "no answer for %d ms to a read with a deadline of %d ms".formatted(millis(since), DEADLINE.toMillis()),
                Map.of());
    }

    private boolean outdated(Question question) {
        return question.answer().isDone()
                && ticker.getAsLong() - question.answer().join().at() > PERIOD.toNanos();
    }

    /** Where a mode writes, its primary must answer. */
    private void ask(Question question) {
        boolean readOnly = manager.mode().readOnly();
        CallOptions options =
                CallOptions.DEFAULT.withDeadline(DEADLINE).withAccess(readOnly ? Access.READ_ONLY : Access.READ_WRITE);
        try {
            manager.read(RoleState::ask, options)
                    .thenApply(state -> state.judge(manager.cluster(), manager.mode()))
                    .exceptionally(this::failed)
                    .thenAccept(judgement -> answer(question, judgement));
        } catch (RuntimeException | LinkageError e) {
            answer(question, failed(e));
        }
    }

    private Judgement failed(Throwable failure) {
        return RoleFailure.judge(failure, manager.pool());
    }

    private void answer(Question question, Judgement judgement) {
        long now = ticker.getAsLong();
        question.answer().complete(new Answer(now, millis(now - question.asked()), judgement));
    }

    private CompletableFuture<HealthComponent> aged(Question question) {
        return question.answer()
                .thenApply(answer -> new HealthComponent(
                        name,
                        answer.judgement().status(),
                        answer.judgement().reason(),
                        Map.of("answerMs", answer.tookMs(), "ageMs", millis(ticker.getAsLong() - answer.at()))));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
