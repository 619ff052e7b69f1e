// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the threads of one load saw since {@link #begin}. Moments are nanoseconds of one clock. Thread-safe. */
final class Tally {

    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * @param killed transactions that had a connection and did not commit
     * @param failed borrows that threw
     * @param missing look-ups that found no service
     * @param gapMillis the longest time without a commit
     * @param waitMillis the longest that one waited for its connection, from its first look-up on
     * @param transactionMillis what one in a hundred transactions took at least, from its first look-up to its commit
     * @param causes why any was killed or failed, and how often
     */
    record Outcome(
            long killed,
            long failed,
            long missing,
            double gapMillis,
            double waitMillis,
            double transactionMillis,
            Map<String, Integer> causes) {

        boolean clean() {
            return killed + failed + missing == 0;
        }
    }

    /** The lock of what follows. */
    private final Object lock = new Object();

    private long killed;
    private long failed;
    private long missing;
    private long lastCommit;
    private long gap;
    private long wait;
    private List<Double> transactions = new ArrayList<>();
    private Map<String, Integer> causes = new LinkedHashMap<>();

    /** A gap that has begun already counts from its beginning. */
    void begin() {
        synchronized (lock) {
            killed = 0;
            failed = 0;
            missing = 0;
            gap = 0;
            wait = 0;
            transactions = new ArrayList<>();
            causes = new LinkedHashMap<>();
        }
    }

    void missing() {
        synchronized (lock) {
            missing++;
        }
    }

    void failed(Throwable cause) {
        synchronized (lock) {
            failed++;
            causes.merge("borrow: " + cause, 1, Integer::sum);
        }
    }

    void borrowed(long wanted, long now) {
        synchronized (lock) {
            wait = Math.max(wait, now - wanted);
        }
    }

    void killed(Throwable cause) {
        synchronized (lock) {
            killed++;
            causes.merge(String.valueOf(cause), 1, Integer::sum);
        }
    }

    void committed(long wanted, long now) {
        synchronized (lock) {
            if (lastCommit != 0) {
                gap = Math.max(gap, now - lastCommit);
            }
            lastCommit = Math.max(lastCommit, now);
            transactions.add((now - wanted) / NANOS_PER_MILLI);
        }
    }

    /** Why any was killed or failed so far, and how often. */
    Map<String, Integer> causes() {
        synchronized (lock) {
            return Map.copyOf(causes);
        }
    }

    /** Fails where nothing was committed. */
    Outcome end() {
        synchronized (lock) {
            return new Outcome(
                    killed,
                    failed,
                    missing,
                    gap / NANOS_PER_MILLI,
                    wait / NANOS_PER_MILLI,
                    Sample.of(transactions, value -> value).percentile(99),
                    Map.copyOf(causes));
        }
    }
}
