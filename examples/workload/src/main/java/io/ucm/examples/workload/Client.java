// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.workload;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes one call after the other until it is stopped. Holds no thread: each answer starts the next call on the load's
 * executor, so the fields of a subclass are used by one thread at a time.
 */
public abstract class Client {

    private final Calls calls;
    private final Executor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean stopped;

    protected Client(Calls calls, Executor executor) {
        this.calls = calls;
        this.executor = executor;
    }

    /** Makes the next call, by {@link #call}, once. */
    protected abstract void next();

    /** Makes a call and takes its answer; what fails is counted. */
    protected final <T> void call(Supplier<CompletionStage<T>> call, Consumer<T> taken) {
        long called = System.nanoTime();
        CompletionStage<T> answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((value, failure) -> calls.answered(System.nanoTime() - called))
                .thenAcceptAsync(taken, executor)
                .whenCompleteAsync(
                        (done, failure) -> {
                            if (failure != null) {
                                calls.failed(failure);
                            }
                            nextOrEnd();
                        },
                        executor);
    }

    private void nextOrEnd() {
        if (stopped) {
            ended.complete(null);
        } else {
            next();
        }
    }

    public final void start() {
        executor.execute(this::nextOrEnd);
    }

    public final void stop() {
        stopped = true;
    }

    /** Completes when the answer to its last call is in. */
    public final CompletableFuture<Void> ended() {
        return ended;
    }
}
