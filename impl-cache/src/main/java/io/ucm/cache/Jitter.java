// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Spreads the ends of entries that were made together, so that they are not loaded together again: each lives 90 to 100 %
 * of its time, uniformly. Thread-safe if its source is.
 *
 * @param random at least 0 and less than 1
 */
record Jitter(DoubleSupplier random) {

    private static final double SPREAD = 0.1;

    /** At least 1 ms. */
    long millis(Duration timeToLive) {
        return Math.max(1, Math.round(timeToLive.toMillis() * (1 - SPREAD * random.getAsDouble())));
    }
}
