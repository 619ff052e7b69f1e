// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * Clients, each of which writes its rows 0, 1, 2 … one after the other, until they are stopped. Who gets an error waits for
 * 1 ms and tries the same row again, as an application would that must have it written. Used by one thread.
 *
 * <p>So a client's rows in the database are those below {@link #acknowledged}, and the next one if its outcome is not known;
 * one that is missing is lost, and one that is there twice is duplicated.
 */
final class Writers implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    /** Longer than UCM's deadlines, and than any time-out of a peer. */
    private static final Duration END_LIMIT = Duration.ofSeconds(40);

    /** How one contestant's clients write. Thread-safe. */
    interface Writer {

        /** @return the port of the server that took the row */
        int write(int client, long row) throws Exception;
    }

    /** The row may be there or not. */
    static final class UnknownException extends Exception {

        private static final long serialVersionUID = 1L;

        UnknownException(Throwable cause) {
            super(cause);
        }
    }

    private final Writer writer;
    private final int lost;
    private final AtomicLongArray acknowledged;

    /** When a client's first row was taken by another server than the lost one; 0 for not yet. */
    private final AtomicLongArray back;

    private final List<Thread> threads = new ArrayList<>();

    /** By what they were; guarded by itself, as is {@code unknown}. */
    private final Map<String, Integer> errors = new TreeMap<>();

    private int unknown;
    private volatile boolean over;

    private Writers(Writer writer, int size, int lost) {
        this.writer = writer;
        this.lost = lost;
        this.acknowledged = new AtomicLongArray(size);
        this.back = new AtomicLongArray(size);
    }

    /** @param lost the port of the server that will be lost */
    static Writers start(Writer writer, int size, int lost) {
        Writers writers = new Writers(writer, size, lost);
        for (int i = 0; i < size; i++) {
            int client = i;
            Thread thread = new Thread(() -> writers.live(client), "writer-" + i);
            thread.setDaemon(true);
            writers.threads.add(thread);
        }
        writers.threads.forEach(Thread::start);
        return writers;
    }

    private void live(int client) {
        while (!over) {
            try {
                int port = writer.write(client, acknowledged.get(client));
                if (port != lost) {
                    back.compareAndSet(client, 0, System.nanoTime());
                }
                acknowledged.incrementAndGet(client);
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                count(e);
                pause();
            }
        }
    }

    private void count(Exception e) {
        boolean notKnown = e instanceof UnknownException;
        Throwable cause = notKnown ? e.getCause() : e;
        String state = cause instanceof SQLException sql ? " " + sql.getSQLState() : "";
        synchronized (errors) {
            unknown += notKnown ? 1 : 0;
            errors.merge(cause.getClass().getSimpleName() + state + (notKnown ? " at COMMIT" : ""), 1, Integer::sum);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Blocks until each has written that many rows. */
    void awaitRows(int count) throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        for (int client = 0; client < acknowledged.length(); client++) {
            while (acknowledged.get(client) < count) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("client %d has written %d rows within %d s: %s"
                            .formatted(client, acknowledged.get(client), START_LIMIT.toSeconds(), errors()));
                }
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
    }

    /** Blocks until another server has taken a row of each, or until that moment. */
    void awaitBack(long deadline) throws InterruptedException {
        for (int client = 0; client < back.length(); client++) {
            while (back.get(client) == 0 && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
    }

    /** When another server first took a row of a client, for each that it did, the earliest first. */
    long[] back() {
        return IntStream.range(0, back.length())
                .mapToLong(back::get)
                .filter(moment -> moment != 0)
                .sorted()
                .toArray();
    }

    int size() {
        return acknowledged.length();
    }

    /** How many rows of that client. */
    long acknowledged(int client) {
        return acknowledged.get(client);
    }

    /** Rows of all clients. */
    long acknowledged() {
        long sum = 0;
        for (int client = 0; client < size(); client++) {
            sum += acknowledged(client);
        }
        return sum;
    }

    /** What they were, and how often. */
    Map<String, Integer> errors() {
        synchronized (errors) {
            return new TreeMap<>(errors);
        }
    }

    /** Errors after which a client did not know whether its row is there. */
    int unknown() {
        synchronized (errors) {
            return unknown;
        }
    }

    /** No row is begun from now on. */
    void stop() {
        over = true;
    }

    /** Stops, and blocks until all have ended; those that have not within 40 s are left to themselves. */
    @Override
    public void close() {
        stop();
        long deadline = System.nanoTime() + END_LIMIT.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many have not ended. */
    long stuck() {
        return threads.stream().filter(Thread::isAlive).count();
    }
}
