// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When the last calls of a mode are bad enough to turn the next ones away: half of them failed, or as many as are said were
 * slow. Slow is a call with a statement that took longer than that; zero: none is.
 *
 * @param window how many of the last calls count
 * @param least of how many nothing is concluded yet
 * @param tries how many are let through to see whether it is better
 */
record BreakerThresholds(Duration slow, int slowPercent, int window, int least, int tries) {

    static final int FAILED_PERCENT = 50;

    /** None for ADMIN: who repairs a server must reach it. The reasons for the figures are in docs/decisions.md. */
    private static final Map<String, BreakerThresholds> BY_MODE = Map.of(
            "MCP_SERVER", new BreakerThresholds(Duration.ofMillis(200), 50, 100, 100, 5),
            "ML_TRAINING", new BreakerThresholds(Duration.ZERO, 100, 20, 10, 2),
            "ASYNC_MODERN", new BreakerThresholds(Duration.ofSeconds(4), 80, 100, 50, 5),
            "HIGH_AVAILABILITY", new BreakerThresholds(Duration.ofSeconds(2), 80, 100, 50, 5));

    /** @param builtIn the mode itself, or what it is based on */
    static @Nullable BreakerThresholds of(String builtIn) {
        return BY_MODE.get(builtIn);
    }

    boolean isSlow(long nanos) {
        return !slow.isZero() && nanos > slow.toNanos();
    }
}
