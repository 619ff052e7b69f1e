// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The threads of the manager bundle: all named, all daemons, all ended by {@link #close}. */
final class Threads implements AutoCloseable {

    private static final int MESSENGERS = 16;

    /** So often it is looked whether all of them are blocked by what they told. */
    private static final Duration RELIEVE_EVERY = Duration.ofMillis(100);

    /** How often who waits for a turn looks whether there is still time. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);

    /**
     * How long a thread stays without work. The JVM may keep the last exception that a thread caught until that thread
     * allocates again or ends, and with a driver's exception all classes of a driver that is gone.
     */
    private static final int IDLE_SECONDS = 5;

    private final ThreadMaker maker = new ThreadMaker();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, maker.named("ucm-timer-"));
    private final ExecutorService background = many(maker.named("ucm-background-"));
    private final ExecutorService workers = many(maker.named("ucm-worker-"));
    private final ExecutorService messengers;
    private final Semaphore turn = new Semaphore(1);

    Threads() {
        timer.setRemoveOnCancelPolicy(true);
        ExecutorService virtual = virtualThreads();
        messengers = virtual != null ? virtual : few(maker.named("ucm-messenger-"));
    }

    /** For deadlines and retries. A task must be short and must not block. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** For what may block and is no caller's work: building pools, closing them, asking nodes, cancelling. */
    ExecutorService background() {
        return background;
    }

    /**
     * For the callers' work: at most as many threads as there are permits of the gates in front of them. Threads of the
     * platform, because nothing is saved by parking virtual ones that hold a connection each, and each answer of the server
     * would come by way of the JVM's poller.
     */
    ExecutorService workers() {
        return workers;
    }

    /**
     * For telling callers that nothing was done, and what follows from that for them: virtual threads where the JVM has
     * them. There may be a thousand at a time, which must not become a thousand threads elsewhere, unless what follows blocks:
     * it may wait for another call, whose end is to be told too.
     */
    ExecutorService messengers() {
        return messengers;
    }

    /**
     * Runs it after what others run in turn, or when that has lasted too long: many at once would crowd out the callers.
     *
     * @param hurried true as soon as it can't wait for its turn any more
     */
    void inTurn(Duration patience, BooleanSupplier hurried, Runnable task) {
        boolean mine = false;
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (!mine && !hurried.getAsBoolean() && System.nanoTime() - deadline < 0) {
                mine = turn.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            task.run();
        } finally {
            if (mine) {
                turn.release();
            }
        }
    }

    /** Runs them all in the background, after {@link #close} in this thread, and returns when the last one is done. */
    void inParallel(Stream<Runnable> tasks) {
        CompletableFuture.allOf(tasks.map(this::inBackground).toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private CompletableFuture<Void> inBackground(Runnable task) {
        try {
            return CompletableFuture.runAsync(task, background);
        } catch (RejectedExecutionException e) {
            task.run();
            return CompletableFuture.completedFuture(null);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        background.shutdownNow();
        workers.shutdownNow();
        messengers.shutdownNow();
        maker.close();
        try {
            background.awaitTermination(1, TimeUnit.SECONDS);
            workers.awaitTermination(1, TimeUnit.SECONDS);
            messengers.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ExecutorService many(ThreadFactory factory) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    private ExecutorService few(ThreadFactory factory) {
        ThreadPoolExecutor few = new ThreadPoolExecutor(
                MESSENGERS, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        few.allowCoreThreadTimeOut(true);
        AtomicLong before = new AtomicLong(-1);
        timer.scheduleWithFixedDelay(
                () -> relieve(few, before), RELIEVE_EVERY.toMillis(), RELIEVE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        return few;
    }

    /** Some more where something waits, and nothing has come to its end since the last look; as before where nothing waits. */
    private static void relieve(ThreadPoolExecutor few, AtomicLong before) {
        long done = few.getCompletedTaskCount();
        boolean waits = !few.getQueue().isEmpty();
        if (before.getAndSet(waits ? done : -1) == done) {
            few.setCorePoolSize(few.getCorePoolSize() + MESSENGERS);
        } else if (!waits && few.getCorePoolSize() > MESSENGERS) {
            few.setCorePoolSize(MESSENGERS);
        }
    }

    /** Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(…).factory()), which Java 17 does not know: null. */
    private static @Nullable ExecutorService virtualThreads() {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object virtual = Thread.class.getMethod("ofVirtual").invoke(null);
            Object named = builder.getMethod("name", String.class, long.class).invoke(virtual, "ucm-messenger-", 1L);
            Object factory = builder.getMethod("factory").invoke(named);
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            // Not there, or a preview API that is switched off.
            return null;
        }
    }
}
