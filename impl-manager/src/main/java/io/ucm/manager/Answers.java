// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Questions to a part that may be stopped while it is asked: there is always an answer. */
final class Answers {

    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

    private static final long LIMIT_MS = 2_000;

    private Answers() {}

    /** What it answers, or a failure when it fails, or says nothing for 2 s. */
    static <T> CompletableFuture<T> of(Supplier<CompletionStage<T>> question) {
        try {
            CompletableFuture<T> answer = question.get().toCompletableFuture();
            return answer.isDone() ? answer : answer.copy().orTimeout(LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (RuntimeException | LinkageError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The same, with something else in place of a failure. */
    static <T> CompletableFuture<T> of(Supplier<CompletionStage<T>> question, T otherwise) {
        CompletableFuture<T> answer = of(question);
        return answer.isDone() && !answer.isCompletedExceptionally()
                ? answer
                : answer.exceptionally(failure -> {
                    LOG.debug("a part did not answer", failure);
                    return otherwise;
                });
    }
}
