// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;

/**
 * How nodes are watched, validated.
 *
 * @param timeout how long a node may be silent before it is down
 */
record HaSettings(Duration interval, Duration urgentInterval, Duration timeout, long maxLagBytes, long maxLagMs) {

    static final String PID = "io.ucm.ha";

    private static final int LONGEST_MS = 60_000;
    private static final int LONGEST_TIMEOUT_MS = 10_000;

    /** Where nothing is configured. */
    static final HaSettings BUILT_IN =
            new HaSettings(Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(1), 16_777_216, 1000);

    static HaSettings of(HaConfig config) {
        return new HaSettings(
                duration("probe.interval.ms", config.probe_interval_ms(), LONGEST_MS),
                duration("probe.urgent.interval.ms", config.probe_urgent_interval_ms(), LONGEST_MS),
                duration("probe.timeout.ms", config.probe_timeout_ms(), LONGEST_TIMEOUT_MS),
                notNegative("max.lag.bytes", config.max_lag_bytes()),
                notNegative("max.lag.ms", config.max_lag_ms()));
    }

    private static Duration duration(String attribute, int value, int longest) {
        if (value < 10 || value > longest) {
            throw new IllegalArgumentException("%s: %d: must be from 10 to %d".formatted(attribute, value, longest));
        }
        return Duration.ofMillis(value);
    }

    private static long notNegative(String attribute, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("%s: %d: must be at least 0".formatted(attribute, value));
        }
        return value;
    }
}
