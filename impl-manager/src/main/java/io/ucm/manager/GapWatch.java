// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Watches the gates while something is exchanged: for how long none of their callers was done although there were some,
 * and how long one waited for a connection. Each end is told by its gate; who waits, and whether anybody is there, is looked
 * at each millisecond, on a thread of its own. Thread-safe.
 *
 * <p>Invariant: a gate tells {@code progress} as long as it is in there, and no gate does after {@link #close}; guarded by
 * this object.
 */
final class GapWatch implements AutoCloseable {

    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(1);

    private final Supplier<List<Gate>> gates;
    private final Map<Gate, GateProgress> progress = new HashMap<>();
    private boolean over;
    private long longestGap;
    private long longestWait;

    /** @param gates asked again each time: lanes come and go */
    GapWatch(Supplier<List<Gate>> gates) {
        this.gates = gates;
        look(System.nanoTime());
    }

    /** Looks until {@link #close}: for a thread of its own. */
    void run() {
        while (!Thread.currentThread().isInterrupted() && look(System.nanoTime())) {
            LockSupport.parkNanos(LOOK_EVERY);
        }
    }

    /** @return false when it is over */
    synchronized boolean look(long now) {
        if (over) {
            return false;
        }
        List<Gate> there = gates.get();
        List.copyOf(progress.keySet()).stream()
                .filter(gate -> !there.contains(gate))
                .forEach(this::forget);
        for (Gate gate : there) {
            GateProgress ends = progress.computeIfAbsent(gate, one -> watched(one, now));
            if (!gate.hasCallers()) {
                ends.idle(now);
            }
            longestGap = Math.max(longestGap, ends.longest(now));
            longestWait = Math.max(longestWait, gate.longestWait(now));
        }
        return true;
    }

    private static GateProgress watched(Gate gate, long now) {
        GateProgress ends = new GateProgress(now);
        gate.watch(ends);
        return ends;
    }

    /** Under the lock. */
    private void forget(Gate gate) {
        gate.unwatch(progress.remove(gate));
    }

    /** In milliseconds. */
    synchronized double longestGapMs() {
        return longestGap / 1e6;
    }

    /** In milliseconds. */
    synchronized double longestWaitMs() {
        return longestWait / 1e6;
    }

    /** Looks once more. */
    @Override
    public synchronized void close() {
        look(System.nanoTime());
        List.copyOf(progress.keySet()).forEach(this::forget);
        over = true;
    }
}
