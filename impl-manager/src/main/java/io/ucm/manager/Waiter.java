// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * Who waits for a permit of a {@link Gate}. What it is told comes from the thread that changed something, outside the
 * gate's lock; none of it may block.
 */
interface Waiter {

    Consumer consumer();

    /** A {@link System#nanoTime}. */
    long deadline();

    /** Whether another gate would do. */
    boolean isMovable();

    /**
     * How much time it must have left when it enters, where even short work takes so long lately; in nanoseconds. Its own
     * may be shorter: nobody is turned away for want of much.
     */
    long needed(long work);

    /** Has a permit now. */
    void granted();

    /** Has lost its place, because its bundle has stopped. */
    void evicted();

    /** Has lost its place, because another gate may be better now. */
    void moved();

    /** Has lost its place, because it shows by now that it would come too late. */
    void turnedAway(Gate.Refused why);
}
