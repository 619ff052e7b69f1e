// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.workload;

import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Counts the calls of one run: how long they took, and what they failed with. Thread-safe. */
public final class Calls {

    private final LongAdder answered = new LongAdder();
    private final Map<String, LongAdder> failedByState = new ConcurrentHashMap<>();

    /** From call to answer, in microseconds. */
    private final Histogram times = new ConcurrentHistogram(3);

    /** From call to answer. */
    public record TimesMs(double p50, double p99, double max) {}

    void answered(long nanos) {
        answered.increment();
        times.recordValue(Math.max(0, nanos / 1_000));
    }

    void failed(Throwable failure) {
        failedByState.computeIfAbsent(state(failure), state -> new LongAdder()).increment();
    }

    /** Those that were answered, well or not. */
    public long count() {
        return answered.sum();
    }

    /** By SQLState; by the exception's class where there is none. */
    public Map<String, Long> failedByState() {
        Map<String, Long> byState = new TreeMap<>();
        failedByState.forEach((state, count) -> byState.put(state, count.sum()));
        return byState;
    }

    public long failed() {
        return failedByState.values().stream().mapToLong(LongAdder::sum).sum();
    }

    public TimesMs timesMs() {
        return new TimesMs(ms(50), ms(99), times.getMaxValue() / 1_000.0);
    }

    private double ms(double percentile) {
        return times.getValueAtPercentile(percentile) / 1_000.0;
    }

    private static String state(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof SQLException sql
                ? Objects.requireNonNullElse(sql.getSQLState(), cause.getClass().getSimpleName())
                : cause.getClass().getSimpleName();
    }
}
