// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.DeadlineExceededException;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Call} tells who made it, when it can't be done: a view of it at that moment, made only then.
 *
 * @param lane the one that it took last
 * @param ticket its place in the queue there; null where it did not wait
 */
record CallErrors(
        Manager manager,
        CallTime time,
        Replays replays,
        Lane lane,
        @Nullable Ticket ticket) {

    /** Others were served while it waited: it is the crowd that is in its way. */
    boolean isCrowdedOut() {
        return ticket != null
                && ticket.hasSeenOthersServed()
                && lane.generations().capacity() > 0;
    }

    /** It got no connection in time; where it failed before, that says more. */
    SQLException neverRunAgain() {
        return lateOr(neverBegun());
    }

    /** It got no connection in time. */
    SQLException neverBegun() {
        return isCrowdedOut()
                ? manager.lender().turnedAway(lane, crowd(), time.deadline())
                : manager.lender().timedOut(lane, time.arrived(), null);
    }

    /** Its statement was cut short, because it had waited for so long. */
    SQLException hurried(Throwable cutShort) {
        return manager.lender().turnedAway(lane, crowd(), time.borrowed() - time.arrived(), time.deadline(), cutShort);
    }

    /** Where nothing tells how long those who wait will take, it is as long as it has waited itself. */
    private Gate.Refused crowd() {
        Gate.Refused refused = lane.gate().refusal();
        return refused.expectedWait().isZero()
                ? new Gate.Refused(Duration.ofNanos(System.nanoTime() - time.arrived()))
                : refused;
    }

    /** Where it failed before, that says more. */
    SQLException lateOr(SQLException neverRun) {
        Throwable last = replays.last();
        return last == null ? neverRun : lateAgain(last);
    }

    private SQLException lateAgain(Throwable last) {
        return late(
                "it waited to be run again, after %d failed attempts, the last one with: %s"
                        .formatted(replays.failures(), last.getMessage()),
                last);
    }

    /** The deadline has passed, or what is left of it is too little. */
    SQLException late(String during, @Nullable Throwable cause) {
        String pool = manager.key().toString();
        Duration left = Duration.ofNanos(time.left());
        return left.toMillis() > 0
                ? new DeadlineExceededException(pool, time.budget(), left, during, cause)
                : new DeadlineExceededException(pool, time.budget(), during, cause);
    }
}
