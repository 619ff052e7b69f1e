// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.workload;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes one call after the other until it is stopped. Holds no thread: each answer starts the next call on the load's
 * executor, so the fields of a subclass are used by one thread at a time.
 */
public abstract class Client {

    private final Calls calls;
    private final Executor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean stopped;
    private volatile @Nullable ScheduledExecutorService timer;

    protected Client(Calls calls, Executor executor) {
        this.calls = calls;
        this.executor = executor;
    }

    /** Makes the next call, by {@link #call}, once. */
    protected abstract void next();

    /** How long the client waits before its next call, in milliseconds, because this one failed so. */
    protected long pauseMs(Throwable failure) {
        return 0;
    }

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
                            nextAfter(failure == null ? 0 : pauseMs(failure));
                        },
                        executor);
    }

    private void nextAfter(long ms) {
        ScheduledExecutorService pauses = timer;
        if (ms > 0 && pauses != null) {
            pauses.schedule(this::nextOrEnd, ms, TimeUnit.MILLISECONDS);
        } else {
            nextOrEnd();
        }
    }

    private void nextOrEnd() {
        if (stopped) {
            ended.complete(null);
        } else {
            next();
        }
    }

    /** @param pauses where it waits before a call, if it is to */
    public final void start(ScheduledExecutorService pauses) {
        timer = pauses;
        start();
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
