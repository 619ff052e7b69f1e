// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions to a part that may be stopped while it is asked: there is always an answer. Thread-safe; never blocks. Has
 * the manager's timer, because the JDK's ({@link CompletableFuture#orTimeout}) is a thread for ever that keeps the classes
 * of whoever happened to start it.
 */
final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final Threads threads;

    Answers(Threads threads) {
        this.threads = threads;
    }

    /** What it answers, or a failure when it fails, or says nothing for 2 s. */
    <T> CompletableFuture<T> to(Supplier<CompletionStage<T>> question) {
        return to(question, LIMIT);
    }

    <T> CompletableFuture<T> to(Supplier<CompletionStage<T>> question, Duration limit) {
        try {
            CompletableFuture<T> answer = question.get().toCompletableFuture();
            return answer.isDone() ? answer : within(limit, answer.copy());
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The same, with something else in place of a failure. */
    <T> CompletableFuture<T> to(Supplier<CompletionStage<T>> question, T otherwise) {
        CompletableFuture<T> answer = to(question);
        return answer.isDone() && !answer.isCompletedExceptionally()
                ? answer
                : answer.exceptionally(failure -> {
                    LOG.debug("a part did not answer", failure);
                    return otherwise;
                });
    }

    private <T> CompletableFuture<T> within(Duration limit, CompletableFuture<T> answer) {
        TimeoutException late = new TimeoutException("no answer within " + limit.toMillis() + " ms");
        ScheduledFuture<?> timer = threads.timer()
                .schedule(
                        () -> threads.workers().execute(() -> answer.completeExceptionally(late)),
                        limit.toMillis(),
                        TimeUnit.MILLISECONDS);
        answer.whenComplete((value, failure) -> timer.cancel(false));
        return answer;
    }
}
