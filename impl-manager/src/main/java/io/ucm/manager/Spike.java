// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A queue that is over before more connections could have helped. Not thread-safe. */
final class Spike {

    /** So that one after the other is not told each time. */
    private static final long SELDOM = TimeUnit.SECONDS.toNanos(10);

    private int waiting;
    private long lasted;
    private long connectNanos;
    private boolean told;
    private long toldAt;

    /** Somebody waits, and it is not worth a connection yet. */
    void seen(SizeLoad load) {
        waiting = Math.max(waiting, load.waiting());
        lasted = load.now() - load.contendedSince();
        connectNanos = load.connectNanos();
    }

    /** It was worth more connections after all. */
    void forget() {
        waiting = 0;
    }

    /** Nobody waits any more: what is to be told of it; null where not so many waited as there are connections. */
    @Nullable
    SizeChange over(int size, long now) {
        int most = waiting;
        waiting = 0;
        if (most < size || told && now - toldAt < SELDOM) {
            return null;
        }
        told = true;
        toldAt = now;
        return new SizeChange(
                size,
                size,
                String.format(
                        Locale.ROOT,
                        "up to %d waited, for %.0f ms, and it was over: a new connection takes %.0f ms",
                        most,
                        lasted / 1e6,
                        connectNanos / 1e6));
    }
}
