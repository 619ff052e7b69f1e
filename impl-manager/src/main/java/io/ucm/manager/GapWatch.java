// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Watches the gates while something is exchanged: for how long none of their callers was done although there were some,
 * and how long one waited for a connection. It looks each millisecond, on a thread of its own. Thread-safe.
 */
final class GapWatch implements AutoCloseable {

    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(1);

    /** One gate. Used by the looking thread only. */
    private static final class Watched {

        private final Gate gate;
        private long ended;
        private long since;

        private Watched(Gate gate, long now) {
            this.gate = gate;
            this.ended = gate.ended();
            this.since = now;
        }

        /** How long nothing has come of those inside; a time in which nobody is there begins it anew. */
        private long gap(long now) {
            long count = gate.ended();
            long gap = now - since;
            if (count != ended || !gate.hasCallers()) {
                ended = count;
                since = now;
            }
            return gap;
        }
    }

    private final Supplier<List<Gate>> gates;
    private final List<Watched> watched = new ArrayList<>();
    private volatile boolean over;
    private volatile long longestGap;
    private volatile long longestWait;

    /** @param gates asked again each time: lanes come and go */
    GapWatch(Supplier<List<Gate>> gates) {
        this.gates = gates;
    }

    /** Looks until {@link #close}: for a thread of its own. */
    void run() {
        while (!over && !Thread.currentThread().isInterrupted()) {
            look(System.nanoTime());
            LockSupport.parkNanos(LOOK_EVERY);
        }
    }

    private void look(long now) {
        List<Gate> there = gates.get();
        watched.removeIf(one -> !there.contains(one.gate));
        for (Gate gate : there) {
            if (watched.stream().noneMatch(one -> one.gate == gate)) {
                watched.add(new Watched(gate, now));
            }
        }
        for (Watched one : watched) {
            longestGap = Math.max(longestGap, one.gap(now));
            longestWait = Math.max(longestWait, one.gate.longestWait(now));
        }
    }

    /** In milliseconds. */
    double longestGapMs() {
        return longestGap / 1e6;
    }

    /** In milliseconds. */
    double longestWaitMs() {
        return longestWait / 1e6;
    }

    @Override
    public void close() {
        over = true;
    }
}
