// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** The counts of one run. Thread-safe. */
final class Tally {

    private static final String OUTCOME_UNKNOWN = "08007";

    private final LongAdder requests = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder unknown = new LongAdder();
    private final LongAdder staleReads = new LongAdder();
    private final Map<String, LongAdder> failedByState = new ConcurrentHashMap<>();

    /** From call to answer, in microseconds. */
    private final Histogram stalls = new ConcurrentHistogram(3);

    void answered(long nanos) {
        requests.increment();
        stalls.recordValue(Math.max(0, nanos / 1_000));
    }

    void acknowledged() {
        acknowledged.increment();
    }

    void staleRead() {
        staleReads.increment();
    }

    void failed(Throwable failure) {
        String state = state(failure);
        if (state.equals(OUTCOME_UNKNOWN)) {
            unknown.increment();
        } else {
            failedByState.computeIfAbsent(state, s -> new LongAdder()).increment();
        }
    }

    long requests() {
        return requests.sum();
    }

    long failures() {
        return failedByState.values().stream().mapToLong(LongAdder::sum).sum();
    }

    LedgerReport report(Account.Balance balance, long elapsedMs) {
        Map<String, Long> byState = new TreeMap<>();
        failedByState.forEach((state, count) -> byState.put(state, count.sum()));
        return new LedgerReport(
                requests.sum(),
                acknowledged.sum(),
                failures(),
                byState,
                unknown.sum(),
                balance.lost(),
                balance.duplicated(),
                staleReads.sum(),
                new LedgerReport.StallMs(ms(50), ms(99), stalls.getMaxValue() / 1_000.0),
                elapsedMs);
    }

    private double ms(double percentile) {
        return stalls.getValueAtPercentile(percentile) / 1_000.0;
    }

    /** The SQLState; the exception's class where there is none. */
    private static String state(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof SQLException sql
                ? Objects.requireNonNullElse(sql.getSQLState(), cause.getClass().getSimpleName())
                : cause.getClass().getSimpleName();
    }
}
