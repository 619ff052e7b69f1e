// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** A thread that waits at a {@link Gate}, in {@link #await}. */
record Parked(Consumer consumer, Thread thread, long deadline, boolean isMovable) implements Waiter {

    /** Blocks until the thread is inside, or will not be. */
    Gate.Entry await(Ticket ticket) throws InterruptedException {
        while (ticket.state() == Ticket.State.WAITING) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || consumer.ended()) {
                ticket.leave();
                break;
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                if (!ticket.leave() && ticket.state() == Ticket.State.GRANTED) {
                    ticket.share().gate().exit(consumer, System.nanoTime());
                }
                throw new InterruptedException();
            }
        }
        return switch (ticket.state()) {
            case GRANTED -> Gate.Verdict.INSIDE;
            case MOVED -> Gate.Verdict.ELSEWHERE;
            case TURNED_AWAY -> Objects.requireNonNull(ticket.refused());
            case WAITING, EVICTED, LEFT -> Gate.Verdict.OUTSIDE;
        };
    }

    /** Its deadline is for the permit. */
    @Override
    public long needed(long work) {
        return 0;
    }

    @Override
    public void granted() {
        LockSupport.unpark(thread);
    }

    @Override
    public void evicted() {
        LockSupport.unpark(thread);
    }

    @Override
    public void moved() {
        LockSupport.unpark(thread);
    }

    @Override
    public void turnedAway(Gate.Refused why) {
        LockSupport.unpark(thread);
    }
}
