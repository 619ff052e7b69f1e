// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Threads that borrow a connection of a pool, run a statement, return it, and again, until it is closed. Who gets no
 * connection in time tries again; any other failure fails whoever asks for a figure.
 */
final class Load implements AutoCloseable {

    private final DataSource pool;
    private final String sql;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder done = new LongAdder();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    private Load(DataSource pool, String sql) {
        this.pool = pool;
        this.sql = sql;
    }

    static Load start(DataSource pool, String sql, int size) {
        Load load = new Load(pool, sql);
        for (int i = 0; i < size; i++) {
            load.threads.add(new Thread(load::live, "load-" + i));
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** Operations in a second, over that time from now on. Blocks. */
    double rate(Duration window) throws Exception {
        long before = done.sum();
        long from = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(window.toNanos());
        double rate = (done.sum() - before) * 1e9 / (System.nanoTime() - from);
        check();
        return rate;
    }

    /** Blocks until that many had a connection at the same moment; false: not within the limit. */
    boolean awaitInside(int count, Duration limit) throws Exception {
        long deadline = System.nanoTime() + limit.toNanos();
        while (most.get() < count) {
            check();
            if (System.nanoTime() > deadline) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return true;
    }

    private void check() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("an operation failed", failed);
        }
    }

    private void live() {
        try {
            while (!over) {
                operate();
            }
        } catch (SQLException | RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private void operate() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            int now = inside.incrementAndGet();
            most.accumulateAndGet(now, Math::max);
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
                done.increment();
            } finally {
                inside.decrementAndGet();
            }
        } catch (SQLException e) {
            if (!isLate(e)) {
                throw e;
            }
        }
    }

    /** What c3p0 and DBCP2 throw has no type of its own for it. */
    private static boolean isLate(SQLException e) {
        return e instanceof SQLTransientConnectionException
                || String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("time");
    }

    /** Blocks until all have ended, or its thread is interrupted. */
    @Override
    public void close() {
        over = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
