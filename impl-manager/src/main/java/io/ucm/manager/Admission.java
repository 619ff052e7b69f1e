// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CallOptions;
import io.ucm.api.CircuitOpenException;
import io.ucm.api.Priority;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How one {@link Call} comes to a connection, as often as it needs one: through the gate of a lane that it chooses, in the
 * queue where there is one, and on to another lane when that is better. Thread-safe; only {@link #run} blocks.
 */
final class Admission implements Waiter, Runnable {

    private final Call<?> call;
    private final Manager manager;
    private final CallOptions options;
    private final LaneChoice choice;
    private volatile @Nullable Ticket ticket;
    private volatile Lane lane;

    Admission(Call<?> call, Manager manager, CallOptions options, boolean readOnly) {
        this.call = call;
        this.manager = manager;
        this.options = options;
        this.choice = new LaneChoice(manager, options, readOnly);
        this.lane = manager.primary();
    }

    /** The one that it took last. */
    Lane lane() {
        return lane;
    }

    /** Its place in the queue there; null where it did not wait. */
    @Nullable
    Ticket ticket() {
        return ticket;
    }

    @Override
    public Consumer consumer() {
        return call.consumer();
    }

    @Override
    public long deadline() {
        return call.time().deadline();
    }

    @Override
    public boolean isMovable() {
        return choice.isMovable();
    }

    @Override
    public long needed(long shortWork) {
        return call.time().needed(shortWork);
    }

    void start() {
        enterGate(call.time().patience());
    }

    /** @param patience see {@link Gate#enter} */
    private void enterGate(long patience) {
        Lane chosen = chosen();
        CircuitOpenException open = call.isUndecided()
                ? null
                : manager.lender().circuitOpen(chosen, call.replays().last());
        if (open != null) {
            call.finish(open);
            return;
        }
        Gate.Refused refused = enter(chosen, patience);
        Lane other = refused == null ? null : manager.besides(chosen);
        if (refused != null && (other == null || enter(other, patience) != null)) {
            turnedAwayAt(chosen, refused);
        }
    }

    private Lane chosen() {
        return choice.next(call.replays().avoided());
    }

    /** Null: it is inside, or waits. */
    private Gate.@Nullable Refused enter(Lane chosen, long patience) {
        lane = chosen;
        Gate.Entry entry = chosen.gate().enter(priority(), this, patience);
        if (entry instanceof Ticket place) {
            queued(chosen, place);
        } else if (entry instanceof Gate.Refused refused) {
            return refused;
        } else {
            granted();
        }
        return null;
    }

    private Priority priority() {
        Priority own = options.priority();
        return own == null ? manager.mode().priority() : own;
    }

    private void turnedAwayAt(Lane at, Gate.Refused why) {
        call.finish(call.errors().lateOr(manager.lender().turnedAway(at, why, deadline())));
    }

    private void queued(Lane at, Ticket place) {
        ticket = place;
        if (isMovable() && at.generations().capacity() == 0 && chosen() != at && place.leave()) {
            moved();
            return;
        }
        call.time().wakeForLastCall(at.gate());
        if (consumer().ended()) {
            call.revoke();
        }
        if (call.state().isOver() && place.leave()) {
            ticket = null;
        }
    }

    /** Its place in the queue is for others. */
    void leave() {
        Ticket place = ticket;
        if (place != null) {
            place.leave();
        }
    }

    @Override
    public void evicted() {
        call.revoke();
    }

    @Override
    public void moved() {
        manager.threads().workers().execute(this::enterGateAgain);
    }

    /** Whoever was let in once waits for as long as it takes. */
    private void enterGateAgain() {
        if (call.time().isUp()) {
            call.endLateWaiting();
        } else if (call.state().isWaiting()) {
            enterGate(call.time().arrived() + Long.MAX_VALUE / 2);
        }
    }

    /** A call that waits anew enters in a moment, so that those who clashed don't clash again. */
    void enterAgainSoon() {
        manager.threads().timer().schedule(this::moved, call.replays().delayMs(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void turnedAway(Gate.Refused why) {
        manager.threads().messengers().execute(() -> turnedAwayAt(lane, why));
    }

    /** With a permit in hand. */
    @Override
    public void granted() {
        try {
            manager.threads().workers().execute(this);
        } catch (RuntimeException | Error e) {
            lane.gate().exit(consumer(), System.nanoTime());
            call.finish(e);
        }
    }

    /** Borrows with the permit, and runs the call. */
    @Override
    public void run() {
        Lane mine = lane;
        if (!call.state().run()) {
            mine.gate().exit(consumer(), System.nanoTime());
            return;
        }
        Ticket waited = ticket;
        Gate.Refused late = waited == null ? null : mine.gate().late(waited);
        if (late != null) {
            mine.gate().exit(consumer(), System.nanoTime());
            turnedAwayAt(mine, late);
            return;
        }
        Borrow borrow;
        try {
            borrow = manager.lender()
                    .borrowInside(
                            mine, consumer(), call.time().arrived(), System.nanoTime(), deadline(), call.isUndecided());
        } catch (SQLException | RuntimeException | Error e) {
            unserved(e);
            return;
        }
        if (borrow != null) {
            call.runOn(borrow);
        } else if (call.state().waitAgain()) {
            enterGateAgain();
        }
    }

    /** It got no connection: the node may be away, and somebody looks for another one. */
    private void unserved(Throwable failure) {
        boolean mayPass = failure instanceof CircuitOpenException
                ? choice.isForAnyNode() && !lane.toPrimary()
                : failure instanceof SQLException sql && SqlStates.mayPass(sql);
        if (call.time().isUp() || !mayPass || manager.generations().isClosed()) {
            call.finish(failure);
        } else if (call.state().waitAgain()) {
            call.replays().unserved(failure);
            enterAgainSoon();
        }
    }

    /** Whether the node that it came to has what a read must see. Blocks while it asks. */
    boolean isThere(Attempt attempt) throws SQLException {
        return choice.isGood(lane, attempt, deadline());
    }

    /** That node has not what it must see; the primary has. */
    void goElsewhere() {
        choice.onlyPrimary();
        if (call.state().waitAgain()) {
            enterGateAgain();
        }
    }
}
