// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the manager's threads, all daemons, in a thread of its own: a thread inherits the context class loader and the
 * protection domains of everybody on the stack of who makes it, and would keep a stopped bundle's classes for as long as
 * it lives; and so would those that a pool then starts. Thread-safe.
 */
final class ThreadMaker implements AutoCloseable {

    private final ExecutorService maker = Executors.newSingleThreadExecutor(task -> daemon("ucm-threads", task));

    ThreadMaker() {
        // Its thread is made now, and not by whoever asks first.
        maker.execute(() -> {});
    }

    /** Names its threads with this prefix and a number. */
    ThreadFactory named(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> make(prefix + number.incrementAndGet(), task);
    }

    private Thread make(String name, Runnable task) {
        try {
            return CompletableFuture.supplyAsync(() -> daemon(name, task), maker)
                    .join();
        } catch (RejectedExecutionException e) {
            return daemon(name, task);
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        maker.shutdown();
    }
}
