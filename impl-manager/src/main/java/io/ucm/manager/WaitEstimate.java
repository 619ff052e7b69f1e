// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.TimeUnit;

/**
 * How long a place in the queue of a {@link Gate} lasts, from what the gate saw lately. Two means, exponentially
 * weighted: the time between two grants while the queue was never empty, which is what a place costs; and how long a
 * permit is held, which stands in for it when the queue has only just formed, divided by the permits there are (Little's
 * law). Both begin anew, or expire, rather than describe a load that is over: then the answer is unknown. One sample
 * counts for {@link #CLIP} times the mean at most, so that a stall which is over turns nobody away.
 *
 * <p>{@link #held} may be called by any thread, and one of two at once may be lost. All else is guarded by the gate's
 * lock.
 */
final class WaitEstimate {

    /** What is not known. */
    static final long UNKNOWN = -1;

    private static final int ENOUGH = 8;
    private static final int WEIGHT = 8;
    private static final int CLIP = 4;
    private static final long EXPIRES = TimeUnit.SECONDS.toNanos(10);

    private volatile long meanHeld;
    private volatile long heldAt;
    private volatile int helds;

    private long meanGap;
    private long lastGrant;
    private int gaps;

    /** A permit came back. */
    void held(long nanos, long now) {
        int seen = now - heldAt > EXPIRES ? 0 : helds;
        meanHeld = mean(meanHeld, seen, nanos);
        helds = Math.min(seen + 1, ENOUGH);
        heldAt = now;
    }

    /** A permit went on to somebody who waited, while others still wait. */
    void granted(long now) {
        if (lastGrant != 0) {
            meanGap = mean(meanGap, gaps, now - lastGrant);
            gaps = Math.min(gaps + 1, ENOUGH);
        }
        lastGrant = now;
    }

    /** The queue is empty, or what it waits for has changed. */
    void restart() {
        gaps = 0;
        lastGrant = 0;
    }

    /** How long it takes, on average, until the next who waits is served; {@link #UNKNOWN} if nothing tells. */
    long perGrant(int permits, long now) {
        if (gaps == ENOUGH) {
            return meanGap;
        }
        boolean known = helds == ENOUGH && permits > 0 && now - heldAt <= EXPIRES;
        return known ? meanHeld / permits : UNKNOWN;
    }

    private static long mean(long before, int seen, long sample) {
        if (seen < ENOUGH) {
            return (before * seen + sample) / (seen + 1);
        }
        return before + (Math.min(sample, CLIP * Math.max(1, before)) - before) / WEIGHT;
    }
}
