// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Threads that want a connection of the same pool, again and again, without a moment's rest. Used once. */
final class Crowd {

    /** Pools look at the time in their own ways: who fails a little early has timed out, too. */
    private static final long TIMED_OUT_NANOS = Contestant.ACQUIRE_TIMEOUT.toNanos() * 9 / 10;

    /** After the end, the last one waits no longer than the acquire timeout. */
    private static final long LEAVE_SECONDS = 30;

    /** The slots of the counters are a cache line apart. */
    private static final int APART = 8;

    private static final String QUERY = "SELECT ?::bigint";

    /** @param timeouts from the first moment on: who never gets a turn is counted even if it began before the window */
    record Outcome(double jain, double perSecond, long timeouts) {}

    private final DataSource pool;
    private final int size;
    private final AtomicLongArray operations;
    private final LongAdder timeouts = new LongAdder();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch start = new CountDownLatch(1);
    private final CountDownLatch left;

    Crowd(DataSource pool, int size) {
        this.pool = pool;
        this.size = size;
        this.operations = new AtomicLongArray(size * APART);
        this.left = new CountDownLatch(size);
    }

    /** How threads are started that cost next to nothing; empty before Java 21. */
    static Optional<Method> virtualThreads() {
        try {
            return Optional.of(Thread.class.getMethod("startVirtualThread", Runnable.class));
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }

    Outcome run(boolean virtual, Duration warmUp, Duration window) throws Exception {
        for (int i = 0; i < size; i++) {
            int member = i;
            if (virtual) {
                virtualThreads().orElseThrow().invoke(null, (Runnable) () -> live(member));
            } else {
                new Thread(() -> live(member)).start();
            }
        }
        start.countDown();
        TimeUnit.NANOSECONDS.sleep(warmUp.toNanos());
        long from = System.nanoTime();
        long[] before = counts();
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        long[] after = counts();
        double seconds = (System.nanoTime() - from) / 1e9;
        over.set(true);
        if (!left.await(LEAVE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    left.getCount() + " threads still wait " + LEAVE_SECONDS + " s after the end");
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("an operation failed", failed);
        }
        long sum = 0;
        long[] done = new long[size];
        for (int i = 0; i < size; i++) {
            done[i] = after[i] - before[i];
            sum += done[i];
        }
        return new Outcome(Sample.jain(done), sum / seconds, timeouts.sum());
    }

    private long[] counts() {
        long[] counts = new long[size];
        for (int i = 0; i < size; i++) {
            counts[i] = operations.get(i * APART);
        }
        return counts;
    }

    private void live(int member) {
        try {
            start.await();
            for (long n = 0; !over.get(); n++) {
                if (operate(((long) member << 32) + n)) {
                    operations.lazySet(member * APART, operations.get(member * APART) + 1);
                }
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            over.set(true);
        } finally {
            left.countDown();
        }
    }

    /** False if it got no connection in time. */
    private boolean operate(long number) throws SQLException {
        Connection connection = borrow();
        if (connection == null) {
            return false;
        }
        try (connection;
                PreparedStatement select = connection.prepareStatement(QUERY)) {
            select.setLong(1, number);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getLong(1) != number) {
                    throw new IllegalStateException("the server did not answer " + number);
                }
            }
        }
        return true;
    }

    private @Nullable Connection borrow() throws SQLException {
        long from = System.nanoTime();
        try {
            return pool.getConnection();
        } catch (SQLException e) {
            if (System.nanoTime() - from < TIMED_OUT_NANOS) {
                throw e;
            }
            timeouts.increment();
            return null;
        }
    }
}
