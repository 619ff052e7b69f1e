// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.util.concurrent.atomic.LongAdder;

/** What was counted for one region. Thread-safe. */
final class RegionFigures {

    final LongAdder nearHits = new LongAdder();
    final LongAdder nearMisses = new LongAdder();
    final LongAdder remoteHits = new LongAdder();
    final LongAdder remoteMisses = new LongAdder();
    final LongAdder remotePuts = new LongAdder();
    final LongAdder remoteErrors = new LongAdder();
    /** Values that came with a lease, and how long after it. */
    final LongAdder loads = new LongAdder();

    final LongAdder loadNanos = new LongAdder();
    final LongAdder refusedFills = new LongAdder();
    final LongAdder invalidations = new LongAdder();
}
