// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Where one {@link Call} is between its arrival and its end, and what runs for it. Thread-safe; nothing blocks.
 *
 * <p>Invariant: {@code phase} only moves WAITING → RUNNING → COMMITTING → OVER, back to WAITING or RUNNING when nothing
 * served, or what failed is run again ({@link Replays}), or from WAITING and RUNNING straight to OVER when the deadline
 * passes, the caller cancels or its bundle stops. Each move is made by one thread, which is told so. Whoever takes {@code
 * attempt} out gives the connection back, once.
 */
final class CallState {

    private enum Phase {
        WAITING,
        RUNNING,
        COMMITTING,
        OVER
    }

    private static final AtomicReferenceFieldUpdater<CallState, Phase> PHASE =
            AtomicReferenceFieldUpdater.newUpdater(CallState.class, Phase.class, "phase");

    private static final AtomicReferenceFieldUpdater<CallState, @Nullable Attempt> ATTEMPT =
            AtomicReferenceFieldUpdater.newUpdater(CallState.class, Attempt.class, "attempt");

    private volatile Phase phase = Phase.WAITING;
    private volatile @Nullable Attempt attempt;

    boolean isWaiting() {
        return phase == Phase.WAITING;
    }

    boolean isRunning() {
        return phase == Phase.RUNNING;
    }

    /** COMMIT was sent, or is about to be. */
    boolean isCommitting() {
        return phase == Phase.COMMITTING;
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    /** From WAITING to RUNNING. */
    boolean run() {
        return moves(Phase.WAITING, Phase.RUNNING);
    }

    /** From RUNNING to COMMITTING: only after that COMMIT is sent. */
    boolean commit() {
        return moves(Phase.RUNNING, Phase.COMMITTING);
    }

    /** From RUNNING or COMMITTING to WAITING; false when the call is over. */
    boolean waitAgain() {
        return isBackTo(Phase.WAITING);
    }

    /** From RUNNING or COMMITTING to RUNNING; false when the call is over. */
    boolean runAgain() {
        return isBackTo(Phase.RUNNING);
    }

    private boolean isBackTo(Phase next) {
        return moves(Phase.RUNNING, next) || moves(Phase.COMMITTING, next);
    }

    /** From WAITING to OVER. */
    boolean endWaiting() {
        return moves(Phase.WAITING, Phase.OVER);
    }

    /** From RUNNING to OVER: COMMIT was not sent, and will not be. */
    boolean endRunning() {
        return moves(Phase.RUNNING, Phase.OVER);
    }

    /** To OVER, from wherever it is; false when it is over. */
    boolean end() {
        return PHASE.getAndSet(this, Phase.OVER) != Phase.OVER;
    }

    private boolean moves(Phase from, Phase to) {
        return PHASE.compareAndSet(this, from, to);
    }

    /** What runs now, or is being committed; null: nothing. */
    @Nullable
    Attempt attempt() {
        return attempt;
    }

    /** The first one on a connection. */
    void begin(Attempt first) {
        attempt = first;
    }

    /** The next one on the same connection; false when that was taken back. */
    boolean replace(Attempt before, Attempt next) {
        return ATTEMPT.compareAndSet(this, before, next);
    }

    /** Whether who calls is to give its connection back. */
    boolean takeOut(Attempt mine) {
        return ATTEMPT.compareAndSet(this, mine, null);
    }

    /** Whatever runs: its connection is to be taken back by who calls; null: nothing. */
    @Nullable
    Attempt takeOut() {
        return ATTEMPT.getAndSet(this, null);
    }
}
