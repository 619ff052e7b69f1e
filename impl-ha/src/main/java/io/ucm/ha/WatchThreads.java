// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one watch: one coordinator, which decides and never blocks, and those that wait for answers. All are
 * named and daemons. After {@link #close} nothing that is handed in runs.
 */
final class WatchThreads {

    private static final Logger LOG = LoggerFactory.getLogger(WatchThreads.class);
    private static final long IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor coordinator;
    private final ExecutorService askers;

    WatchThreads(String cluster) {
        coordinator = new ScheduledThreadPoolExecutor(
                1, task -> daemon(task, "ucm-ha-" + cluster + "-coordinator"), new ThreadPoolExecutor.DiscardPolicy());
        coordinator.setRemoveOnCancelPolicy(true);
        askers = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                daemons("ucm-ha-" + cluster + "-asker-"),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /** Runs it soon, in the coordinator's thread. */
    void coordinate(Runnable task) {
        coordinator.execute(guarded(task));
    }

    /** The same, later. */
    Future<?> later(Duration delay, Runnable task) {
        return coordinator.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs what may block, at once, in a thread of its own; cancelling interrupts it. */
    Future<?> ask(Runnable task) {
        return askers.submit(guarded(task));
    }

    /**
     * Ends the coordinator, then runs the task, which makes those who wait for answers return, and ends these. Returns
     * when all threads are gone, or when the limit has passed; at once in the coordinator's own thread, which is
     * interrupted by that.
     */
    void close(Runnable release, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        coordinator.shutdownNow();
        await(coordinator, deadline - limit.toNanos() / 2);
        askers.execute(guarded(release));
        askers.shutdownNow();
        await(askers, deadline);
    }

    private static void await(ExecutorService executor, long deadline) {
        try {
            executor.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What throws is an error of ours, and must not end the watch unseen. */
    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                LOG.error("watching a cluster failed", e);
            }
        };
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> daemon(task, prefix + number.incrementAndGet());
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
