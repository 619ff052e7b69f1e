// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.Optional;

/**
 * How long one node's answer is waited for: the configured time, or on a slow way several times as long as an answer takes
 * there. Not thread-safe.
 *
 * <p>Silence is no proof while something else tells of life: the node answers other connections, or this process has not had
 * the processor itself, so that the answer may lie here unread.
 */
final class Patience {

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration LEAST = Duration.ofMillis(10);

    /** A timer that comes so late tells that this process is starved. */
    private static final Duration STARVED = Duration.ofMillis(50);

    /** So many times as long as usual is unusual. */
    private static final int TIMES = 4;

    private static final int WEIGHT = 4;

    private final Duration least;
    private long usualNanos;

    Patience(Duration least) {
        this.least = least;
    }

    /** An answer over a connection that was open took so long. */
    void answered(Duration time) {
        usualNanos += (time.toNanos() - usualNanos) / WEIGHT;
    }

    /** For the next answer. */
    Duration limit() {
        return shorter(LONGEST, longer(least, Duration.ofNanos(usualNanos * TIMES)));
    }

    /**
     * How much longer to wait when the limit has passed; zero: it is silent.
     *
     * @param lateNanos how late the timer was that tells so
     * @param elsewhere for how long nothing has come from it over other connections; empty: there are none
     */
    Duration more(Duration limit, long lateNanos, Optional<Duration> elsewhere) {
        Duration heard = elsewhere.map(limit::minus).orElse(Duration.ZERO);
        if (heard.compareTo(LEAST) > 0) {
            return heard;
        }
        Duration late = Duration.ofNanos(lateNanos);
        return late.compareTo(STARVED) > 0 ? shorter(limit, late) : Duration.ZERO;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
