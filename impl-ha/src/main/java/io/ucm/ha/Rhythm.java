// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long after a round of looks the next one begins: soon while there is no primary and people wait for one, and as ever once
 * it is clear that this takes longer. Used by one thread.
 */
final class Rhythm {

    /** So long it is urgent. */
    static final Duration URGENT = Duration.ofSeconds(30);

    private final HaSettings settings;
    private final LongSupplier ticker;

    /** Since when there is no primary; of no meaning while there is one. */
    private long lost;

    private boolean lacking;

    /** @param ticker as {@link System#nanoTime} */
    Rhythm(HaSettings settings, LongSupplier ticker) {
        this.settings = settings;
        this.ticker = ticker;
    }

    Duration next(boolean primary) {
        long now = ticker.getAsLong();
        if (primary || !lacking) {
            lacking = !primary;
            lost = now;
        }
        return lacking && now - lost < URGENT.toNanos() ? settings.urgentInterval() : settings.interval();
    }
}
