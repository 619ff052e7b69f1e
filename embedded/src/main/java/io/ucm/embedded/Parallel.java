// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs steps side by side, on daemon threads of their own that are gone when it returns. Stateless. */
final class Parallel {

    private Parallel() {}

    /** A part of the work; it ends soon after an interrupt. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** Returns when all have ended. The first failure interrupts the others and is thrown once they have ended too. */
    static void run(String name, Step... steps) throws Exception {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory threads = work -> {
            Thread thread = new Thread(work, "ucm-embedded-" + name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        ExecutorService executor = Executors.newFixedThreadPool(steps.length, threads);
        try {
            ExecutorCompletionService<Void> ended = new ExecutorCompletionService<>(executor);
            for (Step step : List.of(steps)) {
                ended.submit(() -> {
                    step.run();
                    return null;
                });
            }
            for (int i = 0; i < steps.length; i++) {
                ended.take().get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } finally {
            executor.shutdownNow();
            awaitEnd(executor);
        }
    }

    private static void awaitEnd(ExecutorService executor) {
        while (!BoundedWait.uninterruptibly(Duration.ofSeconds(1), executor::isTerminated)) {
            executor.shutdownNow();
        }
    }
}
