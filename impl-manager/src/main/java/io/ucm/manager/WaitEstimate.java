// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.TimeUnit;

/**
 * How long a caller of a {@link Gate} would wait, from what the gate saw lately. Two means, exponentially weighted: the
 * time between two grants while the queue was never empty, which is what a place in it costs; and how long a permit is
 * held, which is what the work costs, and divided by the permits stands in for the first when the queue has only just
 * formed (Little's law). What work a caller must have time for is the short one, because nothing tells what its own is.
 *
 * <p>It is careful: it speaks of a future at most {@link #AHEAD} times as long as what it has seen of the same load, and
 * begins anew, or expires, when the load is over. A pool that is being opened, after an outage above all, has few permits for
 * a moment only: they tell nothing of the time after it. One sample counts for {@link #CLIP} times the mean at most, so that a
 * stall which is over turns nobody away.
 *
 * <p>{@link #held} may be called by any thread, and one of two at once may be lost. All else is guarded by the gate's
 * lock.
 */
final class WaitEstimate {

    /** What is not known. */
    static final long UNKNOWN = -1;

    private static final int ENOUGH = 16;
    private static final int WEIGHT = 32;
    private static final int CLIP = 4;
    private static final int AHEAD = 4;
    private static final int DOWN = 8;
    private static final int UP = 16;
    private static final long EXPIRES = TimeUnit.SECONDS.toNanos(10);
    private static final long FRESH = TimeUnit.MILLISECONDS.toNanos(500);

    /** The means of some samples. */
    private static final class Mean {
        private volatile long value;
        private volatile int seen;
        private volatile long first;

        void restart() {
            seen = 0;
        }

        void add(long sample, long now) {
            int before = seen;
            long mean = value;
            if (before == 0) {
                first = now;
            }
            if (before < ENOUGH) {
                value = (mean * before + sample) / (before + 1);
                seen = before + 1;
            } else {
                value = mean + (Math.min(sample, CLIP * Math.max(1, mean)) - mean) / WEIGHT;
            }
        }

        /** Whether it tells something about the time until {@code left} from now. */
        boolean tells(long left, long now) {
            return seen == ENOUGH && isLongEnough(first, left, now);
        }
    }

    private final Mean held = new Mean();
    private volatile long heldAt;

    /** Goes down by a part of the difference, and up by a smaller one. */
    private volatile long shortest;

    private final Mean gap = new Mean();
    private long lastGrant;
    private long changedAt;

    /** A permit came back. */
    void held(long nanos, long now) {
        if (now - heldAt > EXPIRES) {
            held.restart();
        }
        shortest = held.seen == 0 ? nanos : shortest + (nanos - shortest) / (nanos < shortest ? DOWN : UP);
        heldAt = now;
        held.add(nanos, now);
    }

    /** Whether a permit has come back lately: else those that are out may be stuck. */
    boolean isFresh(long now) {
        return heldAt != 0 && now - heldAt <= FRESH;
    }

    /** A permit went on to somebody who waited, while others still wait. */
    void granted(long now) {
        if (lastGrant != 0) {
            gap.add(now - lastGrant, now);
        }
        lastGrant = now;
    }

    /** The queue is empty. */
    void restart() {
        gap.restart();
        lastGrant = 0;
    }

    /** There are more permits now, or less. */
    void permitsChanged(long now) {
        restart();
        changedAt = now;
    }

    /**
     * How long a caller would wait; {@link #UNKNOWN} if nothing tells.
     *
     * @param place how many are served before it, and itself
     * @param left how far ahead that matters
     */
    long expected(long place, int permits, long left, long now) {
        if (gap.tells(left, now)) {
            return place * gap.value;
        }
        boolean known =
                permits > 0 && now - heldAt <= EXPIRES && held.tells(left, now) && isLongEnough(changedAt, left, now);
        return known ? place * held.value / permits : UNKNOWN;
    }

    /** Whether what was seen since then tells something about the time until {@code left} from now. */
    private static boolean isLongEnough(long since, long left, long now) {
        return (now - since) * AHEAD >= left;
    }

    /** How long even short work takes; 0 if nothing tells. */
    long work(long now) {
        return now - heldAt <= EXPIRES && held.seen == ENOUGH ? shortest : 0;
    }
}
