// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.TimeUnit;

/**
 * How many connections are asked for at most, and for how long, after the server refused one (53300) or had no room for
 * another. Not thread-safe.
 */
final class Ceiling {

    private static final double PART = 0.8;
    private static final long FIRST = TimeUnit.SECONDS.toNanos(60);
    private static final long FULL = TimeUnit.SECONDS.toNanos(10);
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(16);

    private int most = Integer.MAX_VALUE;
    private long until;
    private long lasts;

    /** The server refused one more than {@code open}. False: that many are above the ceiling already. */
    boolean refused(int open, long now) {
        if (most != Integer.MAX_VALUE && until - now > 0 && open >= most) {
            return false;
        }
        boolean again = lasts > 0 && now - until < LONGEST;
        lasts = again ? Math.min(LONGEST, 2 * lasts) : FIRST;
        most = Math.max(1, (int) (open * PART));
        until = now + lasts;
        return true;
    }

    /** There is no room for more than {@code open} at this time. */
    void full(int open, long now) {
        boolean longer = most != Integer.MAX_VALUE && until - now > FULL;
        until = longer ? until : now + FULL;
        most = open;
    }

    int most() {
        return most;
    }

    /** For how long it holds, in nanoseconds. */
    long lasts() {
        return lasts;
    }

    /** Whether it has just come to its end. */
    boolean isOver(long now) {
        boolean over = most != Integer.MAX_VALUE && now - until >= 0;
        if (over) {
            most = Integer.MAX_VALUE;
        }
        return over;
    }
}
