// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * One bundle that uses one manager: its figures, and whether it is still there. Thread-safe.
 *
 * <p>{@code ended} is set once, before its work is looked for; work makes itself visible first and asks {@link #ended()}
 * then. So one of the two sees the other, and nothing of a stopped bundle goes on.
 */
final class Consumer {

    /** What one bundle did so far. Open is what it has begun and not ended, waiting included. */
    record Figures(long calls, long failed, long open, long leaked) {}

    private final long bundleId;
    private final String bundle;
    private final LongAdder begun = new LongAdder();
    private final LongAdder done = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder leaked = new LongAdder();
    private volatile boolean ended;

    /** Of the gate that it came to last. A short cut: each thread may see another one. */
    private @Nullable Share share;

    Consumer(Bundle bundle) {
        this.bundleId = bundle.getBundleId();
        this.bundle = String.valueOf(bundle.getSymbolicName());
    }

    long bundleId() {
        return bundleId;
    }

    /** Its symbolic name. */
    String bundle() {
        return bundle;
    }

    /** What it has of that gate. */
    Share share(Gate gate) {
        Share last = share;
        if (last == null || last.gate() != gate || ended) {
            last = gate.share(this);
            share = last;
        }
        return last;
    }

    void begin() {
        begun.increment();
    }

    void done(boolean succeeded) {
        done.increment();
        if (!succeeded) {
            failed.increment();
        }
    }

    /** A connection was taken back that it did not use any more. */
    void leaked() {
        leaked.increment();
    }

    Figures figures() {
        long ended = done.sum();
        return new Figures(begun.sum(), failed.sum(), Math.max(0, begun.sum() - ended), leaked.sum());
    }

    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    /** Why its work ends. */
    SQLException gone(ManagerKey pool) {
        return new SQLNonTransientConnectionException(
                "pool '%s': bundle %s was stopped; what it still did is cancelled".formatted(pool, this), "08003");
    }

    @Override
    public String toString() {
        return bundle + " [" + bundleId + "]";
    }
}
