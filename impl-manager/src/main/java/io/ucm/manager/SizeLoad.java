// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * What an autoscaler sees at one moment. Times are in {@link System#nanoTime}.
 *
 * @param open connections that there are
 * @param inUse of them, by callers
 * @param waiting callers without one
 * @param contendedSince since when somebody waits without a break; now, if nobody does
 * @param finished borrows that began after the last mark and ended, as far as they were timed
 * @param heldNanos how long those were, together
 * @param ended how many borrows have ended so far
 * @param connectNanos how long a connect takes; 0: unknown
 */
record SizeLoad(
        long now,
        int open,
        int inUse,
        int waiting,
        long contendedSince,
        long finished,
        long heldNanos,
        long ended,
        long connectNanos) {

    /** How long a borrow lasts; while none has ended, so long at least as somebody has waited. */
    long hold() {
        return finished > 0 ? heldNanos / finished : now - contendedSince;
    }

    /** How long those who wait now would need with that many connections. */
    long drain(int size) {
        return waiting * hold() / size;
    }
}
