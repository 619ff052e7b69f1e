// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * Whether a lent connection is used. Its user pays for plain writes only, of which none has to be seen at once: who looks,
 * looks again and again, and takes for the time of a use when it was seen. Any thread may write, and any may look.
 *
 * <p>Two statements at a time on one connection are one to it: it is taken for idle when the first of them is back.
 */
final class Usage {

    private int uses;
    private boolean running;
    private boolean outOfSight;

    /** Guarded by this. */
    private int seen;

    /** When it was last seen to be used, in {@link System#nanoTime}. Guarded by this. */
    private long last;

    Usage(long now) {
        this.last = now;
    }

    void used() {
        uses++;
    }

    /** A statement is about to run. */
    void begun() {
        running = true;
        uses++;
    }

    /** It is back. */
    void ended() {
        uses++;
        running = false;
    }

    /** Whether a statement is running, as far as who looks can see. */
    boolean isRunning() {
        return running;
    }

    /** The user has a part of the driver: what it does with it is not seen, so it counts as used for good. */
    void outOfSight() {
        outOfSight = true;
    }

    /** How long it has gone unused, in nanoseconds. */
    synchronized long unused(long now) {
        int count = uses;
        if (running || outOfSight || count != seen) {
            seen = count;
            last = now;
        }
        return Math.max(0, now - last);
    }
}
