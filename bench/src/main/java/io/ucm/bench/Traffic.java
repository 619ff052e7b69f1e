// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Threads that look up their DataSource for each transaction, which inserts a row, takes 40 ms and commits. Who finds none,
 * or gets no connection, waits for 1 ms and tries again. Runs until it is closed; used by one thread.
 */
final class Traffic implements AutoCloseable {

    /** One column, {@code run}. */
    static final String TABLE = "bench_handover";

    private static final String INSERT = "INSERT INTO " + TABLE + " (run) VALUES (?)";
    private static final String WORK = "SELECT pg_sleep(0.04)";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Something that is done meanwhile. */
    interface Action {

        void run() throws Exception;
    }

    private final LookUp lookUp;
    private final int run;
    private final AtomicLongArray commits;
    private final LongAdder killed = new LongAdder();
    private final Tally tally = new Tally();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    private Traffic(LookUp lookUp, int run, int size) {
        this.lookUp = lookUp;
        this.run = run;
        this.commits = new AtomicLongArray(size);
    }

    /** @param run what the rows are told from others' by */
    static Traffic start(LookUp lookUp, int run, int size) {
        Traffic traffic = new Traffic(lookUp, run, size);
        for (int i = 0; i < size; i++) {
            int member = i;
            traffic.threads.add(new Thread(() -> traffic.live(member), "traffic-" + i));
        }
        traffic.threads.forEach(Thread::start);
        return traffic;
    }

    /** What happens from the action's beginning until that time after its end, and until all have committed once more. */
    Tally.Outcome during(Action action, Duration after) throws Exception {
        tally.begin();
        action.run();
        TimeUnit.NANOSECONDS.sleep(after.toNanos());
        awaitCommits(1);
        return tally.end();
    }

    /** Blocks until each thread has committed that many more; fails where one has not within 30 s. */
    void awaitCommits(int count) throws InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        long[] before = new long[commits.length()];
        for (int i = 0; i < before.length; i++) {
            before[i] = commits.get(i);
        }
        for (int i = 0; i < before.length; i++) {
            while (commits.get(i) < before[i] + count) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "thread %d has committed %d instead of %d transactions within %d s: %s"
                                    .formatted(
                                            i, commits.get(i) - before[i], count, LIMIT.toSeconds(), tally.causes()));
                }
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
    }

    private void live(int member) {
        long wanted = System.nanoTime();
        while (!over) {
            boolean borrowed = false;
            try (LookUp.Found found = lookUp.get()) {
                if (found == null) {
                    tally.missing();
                } else {
                    borrowed = transact(found, member, wanted);
                }
            }
            if (borrowed) {
                wanted = System.nanoTime();
            } else {
                pause();
            }
        }
    }

    /** False: there was no connection. */
    private boolean transact(LookUp.Found found, int member, long wanted) {
        Connection borrowed;
        try {
            borrowed = found.dataSource().getConnection();
        } catch (SQLException | RuntimeException | LinkageError e) {
            tally.failed(e);
            return false;
        }
        tally.borrowed(wanted, System.nanoTime());
        boolean committed = false;
        try (Connection connection = borrowed) {
            work(connection);
            connection.commit();
            committed = true;
            tally.committed(wanted, System.nanoTime());
            commits.incrementAndGet(member);
        } catch (SQLException | RuntimeException | LinkageError e) {
            // A committed transaction is none that was killed, even if its connection could not be returned.
            if (!committed) {
                killed.increment();
                tally.killed(e);
            }
        }
        return true;
    }

    private void work(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setInt(1, run);
            insert.executeUpdate();
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(WORK);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of all threads, from the start. */
    long committed() {
        long sum = 0;
        for (int i = 0; i < commits.length(); i++) {
            sum += commits.get(i);
        }
        return sum;
    }

    /** From the start. */
    long killed() {
        return killed.sum();
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
