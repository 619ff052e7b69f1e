// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * When a manager looks for the tables of the tokens again: at once after what may have changed them, else the less often the
 * longer it has been refused them. Thread-safe; one look at a time.
 *
 * <p>Invariant: what changes while a look is under way makes another one due after it.
 */
final class LookPace {

    /** What a look has found. */
    enum Found {
        /** All is well. */
        GOOD,
        /** The server says that it is not: that changes when somebody changes it. */
        REFUSED,
        /** The server did not say. */
        NOTHING
    }

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration WHILE_NOTHING = Duration.ofSeconds(10);
    private static final Duration WHILE_REFUSED = Duration.ofMinutes(5);
    private static final Duration WHILE_GOOD = Duration.ofMinutes(10);

    private final AtomicInteger changes;
    private final AtomicInteger asked = new AtomicInteger();
    private final LongSupplier ticker;

    /** What the numbers were when the last look began. */
    private volatile int seenChanges;

    private volatile int seenAsked;
    private volatile long next;
    private volatile Duration retry = FIRST_RETRY;

    /**
     * @param changes how often any manager of the cluster changed the tables
     * @param ticker nanoseconds
     */
    LookPace(AtomicInteger changes, LongSupplier ticker) {
        this.changes = changes;
        this.ticker = ticker;
        this.seenChanges = changes.get();
        this.next = ticker.getAsLong();
    }

    /** The next look is due now. */
    void soon() {
        asked.incrementAndGet();
    }

    boolean isDue() {
        return isChanged() || next - ticker.getAsLong() <= 0;
    }

    /** Zero when it is due. */
    Duration untilNext() {
        return isDue() ? Duration.ZERO : Duration.ofNanos(next - ticker.getAsLong());
    }

    private boolean isChanged() {
        return seenAsked != asked.get() || seenChanges != changes.get();
    }

    void begin() {
        if (isChanged()) {
            retry = FIRST_RETRY;
        }
        seenAsked = asked.get();
        seenChanges = changes.get();
    }

    void end(Found found) {
        Duration most = found == Found.REFUSED ? WHILE_REFUSED : WHILE_NOTHING;
        Duration pause = retry.compareTo(most) < 0 ? retry : most;
        next = ticker.getAsLong() + (found == Found.GOOD ? WHILE_GOOD : pause).toNanos();
        retry = found == Found.GOOD ? FIRST_RETRY : pause.multipliedBy(2);
    }
}
