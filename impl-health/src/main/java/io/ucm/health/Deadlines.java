// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers that come in time, or else what is said in their place. Thread-safe. Owns one thread: that of {@link
 * CompletableFuture#orTimeout} would keep this bundle's class loader.
 */
final class Deadlines implements AutoCloseable {

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "ucm-health-timer-1");
        thread.setDaemon(true);
        return thread;
    });

    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

    Deadlines() {
        timer.setRemoveOnCancelPolicy(true);
    }

    /** The answer if it comes within the limit. */
    <T> CompletableFuture<T> within(CompletableFuture<T> answer, Duration limit, Supplier<T> otherwise) {
        if (answer.isDone()) {
            return answer;
        }
        CompletableFuture<T> bounded = new CompletableFuture<>();
        Runnable late = () -> bounded.complete(otherwise.get());
        waiting.add(late);
        answer.whenComplete((value, failure) -> {
            if (failure == null) {
                bounded.complete(value);
            } else {
                bounded.completeExceptionally(failure);
            }
        });
        try {
            Future<?> alarm = timer.schedule(late, limit.toNanos(), TimeUnit.NANOSECONDS);
            bounded.whenComplete((value, failure) -> alarm.cancel(false));
        } catch (RejectedExecutionException e) {
            late.run();
        }
        return bounded.whenComplete((value, failure) -> waiting.remove(late));
    }

    /** Who still waits is answered now. Idempotent. */
    @Override
    public void close() {
        timer.shutdownNow();
        List.copyOf(waiting).forEach(Runnable::run);
    }
}
