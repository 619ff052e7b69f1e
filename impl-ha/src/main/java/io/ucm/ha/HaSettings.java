// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;

/**
 * How nodes are watched, validated.
 *
 * @param timeout how long a node may be silent before it is down
 * @param maxLatency how long the answers of a replica may take for it to be read
 * @param drainLimit how long a switchover waits for those who write
 * @param breakerOpen how long calls are turned away before some are let through; zero: nobody is turned away
 */
record HaSettings(
        Duration interval,
        Duration urgentInterval,
        Duration timeout,
        long maxLagBytes,
        long maxLagMs,
        Duration maxLatency,
        Duration drainLimit,
        Duration breakerOpen) {

    static final String PID = "io.ucm.ha";

    private static final int LONGEST_MS = 60_000;
    private static final int CONNECTING = 5;
    private static final Duration MAX_LATENCY = Duration.ofMillis(500);
    private static final Duration BREAKER_OPEN = Duration.ofSeconds(2);
    private static final int LONGEST_TIMEOUT_MS = 10_000;

    /** Where nothing is configured. */
    static final HaSettings BUILT_IN = new HaSettings(
            Duration.ofMillis(250),
            Duration.ofMillis(20),
            Duration.ofMillis(600),
            16_777_216,
            1000,
            Duration.ofSeconds(2));

    /** With the default of the latency, and of the breakers. */
    HaSettings(
            Duration interval,
            Duration urgentInterval,
            Duration timeout,
            long maxLagBytes,
            long maxLagMs,
            Duration drainLimit) {
        this(interval, urgentInterval, timeout, maxLagBytes, maxLagMs, MAX_LATENCY, drainLimit, BREAKER_OPEN);
    }

    static HaSettings of(HaConfig config) {
        return new HaSettings(
                duration("probe.interval.ms", config.probe_interval_ms(), LONGEST_MS),
                duration("probe.urgent.interval.ms", config.probe_urgent_interval_ms(), LONGEST_MS),
                duration("probe.timeout.ms", config.probe_timeout_ms(), LONGEST_TIMEOUT_MS),
                notNegative("max.lag.bytes", config.max_lag_bytes()),
                notNegative("max.lag.ms", config.max_lag_ms()),
                Duration.ofMillis(between("max.latency.ms", config.max_latency_ms(), 1, LONGEST_MS)),
                Duration.ofMillis(
                        between("switchover.drain.limit.ms", config.switchover_drain_limit_ms(), 0, LONGEST_MS)),
                config.breaker_open_ms() == 0
                        ? Duration.ZERO
                        : duration("breaker.open.ms", config.breaker_open_ms(), LONGEST_MS));
    }

    /** Enough to connect to a node and to ask it once: on a long way that takes several times as long as an answer. */
    Duration connecting() {
        return timeout.multipliedBy(CONNECTING);
    }

    private static Duration duration(String attribute, int value, int longest) {
        return Duration.ofMillis(between(attribute, value, 10, longest));
    }

    private static int between(String attribute, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s: %d: must be from %d to %d".formatted(attribute, value, least, most));
        }
        return value;
    }

    private static long notNegative(String attribute, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("%s: %d: must be at least 0".formatted(attribute, value));
        }
        return value;
    }
}
