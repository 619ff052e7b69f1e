// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Priority;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A caller's place in the queue of a {@link Gate}. Its state changes once, under the gate's lock, and the waiter is told
 * of it after that.
 */
final class Ticket implements Gate.Entry {

    enum State {
        WAITING,
        GRANTED,
        EVICTED,
        MOVED,
        TURNED_AWAY,
        LEFT
    }

    private final Share share;
    private final Priority priority;
    private final Waiter waiter;
    private final long number;
    private final long served;
    private final long since;
    private volatile State state = State.WAITING;
    private volatile Gate.@Nullable Refused refused;

    /**
     * @param number counts them in the order of arrival
     * @param served how many of the queue had been served when it came
     * @param since when it came, in {@link System#nanoTime}
     */
    Ticket(Share share, Priority priority, Waiter waiter, long number, long served, long since) {
        this.share = share;
        this.priority = priority;
        this.waiter = waiter;
        this.number = number;
        this.served = served;
        this.since = since;
    }

    Share share() {
        return share;
    }

    Priority priority() {
        return priority;
    }

    /** When it came, in {@link System#nanoTime}. */
    long since() {
        return since;
    }

    /** What is left until its waiter's deadline. */
    long left(long now) {
        return waiter.deadline() - now;
    }

    /** Whether others came to their end since it came: a permit was given back. */
    boolean hasSeenOthersServed() {
        return share.gate().served() > served;
    }

    State state() {
        return state;
    }

    /** Why it was turned away; null where it was not. */
    Gate.@Nullable Refused refused() {
        return refused;
    }

    /** Whether it is served before another one that came from a bundle in the same position. */
    boolean before(Ticket other) {
        int byPriority = priority.compareTo(other.priority);
        return byPriority < 0 || byPriority == 0 && number < other.number;
    }

    /** Whether it would come too late after that wait. */
    boolean isLate(long now, long wait, long work) {
        return left(now) < wait + waiter.needed(work);
    }

    /** Whether its work could not be done any more, if it entered now. */
    boolean hasNoTimeFor(long work, long now) {
        long needed = waiter.needed(work);
        return needed > 0 && left(now) < needed;
    }

    /** Under the gate's lock. */
    void becomes(State next) {
        state = next;
    }

    /** Under the gate's lock. */
    void isTurnedAway(Duration expectedWait) {
        refused = new Gate.Refused(expectedWait);
        state = State.TURNED_AWAY;
    }

    /** Says what has become of it, to whoever waits; outside the lock. */
    void tell() {
        switch (state) {
            case GRANTED -> waiter.granted();
            case EVICTED -> waiter.evicted();
            case MOVED -> waiter.moved();
            case TURNED_AWAY -> waiter.turnedAway(refused);
            case WAITING, LEFT -> throw new IllegalStateException("nothing to tell: " + state);
        }
    }

    boolean isMovable() {
        return waiter.isMovable();
    }

    /** See {@link Gate#leave}. */
    boolean leave() {
        return share.gate().leave(this);
    }
}
