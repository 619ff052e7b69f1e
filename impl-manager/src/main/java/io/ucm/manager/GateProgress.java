// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;

/**
 * For how long nothing came of those who are inside a gate or before it. Thread-safe; never blocks. Times are as in
 * {@link System#nanoTime}.
 */
final class GateProgress {

    private final AtomicLong last;
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

    GateProgress(long now) {
        this.last = new AtomicLong(now);
    }

    /** A borrow has ended. */
    void ended(long now) {
        longest.accumulate(now - last.getAndSet(now));
    }

    /** Nobody is there: what comes next begins anew. */
    void idle(long now) {
        last.accumulateAndGet(now, Math::max);
    }

    /** The longest time between two ends, up to that moment. */
    long longest(long now) {
        return Math.max(longest.get(), now - last.get());
    }
}
