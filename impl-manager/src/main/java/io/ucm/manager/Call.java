// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.CircuitOpenException;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteLostException;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Operation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One {@code read} or {@code write}, from its arrival to the completion of its stage.
 *
 * <p>Invariant: {@code phase} only moves WAITING → RUNNING → COMMITTING → OVER, back to WAITING or RUNNING when nothing
 * served, or what failed is run again ({@link Replays}), or from WAITING and RUNNING straight to OVER when the deadline
 * passes, the caller cancels or its bundle stops. Whoever moves it to OVER completes the stage, unless the deadline
 * completed it while COMMIT was out. COMMIT is sent only after the move to COMMITTING, so what ended before it is not
 * done; and nothing is cancelled on the server after it. Whoever takes {@code running} out gives the connection back,
 * once.
 */
final class Call<T> implements Holder, Waiter {

    /** Work of a stopped bundle that does not return by then goes on without its connection. */
    private static final Duration TAKE_BACK = Duration.ofSeconds(1);

    /**
     * Who is near its deadline has waited in a crowd, where short work may take so many times as long. Measured with 1000
     * clients on two cores: what took 1 to 7 ms as a rule took up to 100.
     */
    private static final int CROWD = 16;

    /** Its work need not have more than this part of its budget: 1 / MOST_NEEDED. */
    private static final int MOST_NEEDED = 4;

    private enum Phase {
        WAITING,
        RUNNING,
        COMMITTING,
        OVER
    }

    /** @param value null is an answer too */
    private record Found<V>(@Nullable V value) {}

    /** The caller's stage: cancelling it ends the call, unless COMMIT was sent. */
    private final class Result extends CompletableFuture<T> {

        @Override
        public boolean cancel(boolean interrupt) {
            return Call.this.cancel() || isCancelled();
        }
    }

    private final Manager manager;
    private final Consumer consumer;
    private final SqlWork<T> work;
    private final CallOptions options;
    private final boolean readOnly;
    private final long arrived = System.nanoTime();
    private final Duration budget;
    private final Result result = new Result();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WAITING);
    private final AtomicReference<@Nullable Attempt> running = new AtomicReference<>();
    private final Replays replays = new Replays();

    /** Null for a read. */
    private final @Nullable WriteOutcome<T> outcome;

    /** What a read must see; null: nothing in particular. */
    private final @Nullable Causality causality;

    /** No replica has what it must see. */
    private volatile boolean primaryOnly;

    private volatile @Nullable Ticket ticket;
    private volatile Lane lane;

    /** What a read has found, once nothing that may still fail can change it. */
    private volatile @Nullable Found<T> found;

    private volatile @Nullable ScheduledFuture<?> timer;

    /** When it got its connection, and when its work returned; 0: not yet. */
    private volatile long borrowed;

    private volatile long worked;
    private volatile @Nullable NodeAddress node;

    Call(Manager manager, Consumer consumer, SqlWork<T> work, CallOptions options, boolean readOnly) {
        this.manager = manager;
        this.consumer = consumer;
        this.work = work;
        this.options = options;
        this.readOnly = readOnly;
        Duration deadline = options.deadline();
        this.budget = deadline == null ? manager.mode().defaultDeadline() : deadline;
        this.lane = manager.primary();
        this.causality = readOnly && options.after() != null ? new Causality(options.after()) : null;
        this.outcome = readOnly ? null : new WriteOutcome<>(manager);
    }

    CompletableFuture<T> result() {
        return result;
    }

    @Override
    public Consumer consumer() {
        return consumer;
    }

    @Override
    public String kind() {
        return readOnly ? "read" : "write";
    }

    @Override
    public long since() {
        return borrowed;
    }

    long arrived() {
        return arrived;
    }

    void start() {
        wakeAfter(budget.toNanos());
        enterGate(patience());
    }

    private void wakeAfter(long nanos) {
        timer = manager.threads().timer().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
    }

    /** Where the mode's limits are the budget, the statement's part of it is kept for the statement. */
    private long patience() {
        return options.deadline() == null
                ? arrived + manager.mode().acquireTimeout().toNanos()
                : deadline();
    }

    /** @param patience see {@link Gate#enter} */
    private void enterGate(long patience) {
        Lane chosen = chosenLane();
        CircuitOpenException open = isUndecided() ? null : manager.lender().circuitOpen(chosen, replays.last());
        if (open != null) {
            finish(open);
            return;
        }
        Gate.Refused refused = enter(chosen, patience);
        Lane other = refused == null ? null : manager.besides(chosen);
        if (refused != null && (other == null || enter(other, patience) != null)) {
            turnedAwayAt(chosen, refused);
        }
    }

    private Lane chosenLane() {
        if (!readOnly) {
            return manager.primary();
        }
        if (!isForAnyNode()) {
            return manager.newest();
        }
        Lane avoided = replays.avoided();
        if (options.session() == null) {
            return manager.lane(true, avoided);
        }
        // Of the other nodes, only the primary is never behind the one that the session has seen.
        boolean toPrimary = avoided != null && manager.generations().current() != null;
        return toPrimary ? manager.primary() : manager.ofSession(options.session());
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

    private void turnedAwayAt(Lane at, Gate.Refused why) {
        finish(lateOr(manager.lender().turnedAway(at, why, deadline())));
    }

    private void queued(Lane at, Ticket place) {
        ticket = place;
        if (isMovable() && at.generations().capacity() == 0 && chosenLane() != at && place.leave()) {
            moved();
            return;
        }
        wakeForLastCall(at);
        if (consumer.ended()) {
            revoke();
        }
        if (phase.get() == Phase.OVER && place.leave()) {
            ticket = null;
        }
    }

    /** Who has no time left for its work need not wait for the deadline itself. */
    private void wakeForLastCall(Lane at) {
        long now = System.nanoTime();
        long needed = needed(at.gate().work(now));
        if (needed > 0 && deadline() - now > needed) {
            stopTimer();
            wakeAfter(deadline() - now - needed);
        }
    }

    /** A read that several nodes may serve. */
    @Override
    public boolean isMovable() {
        return isForAnyNode() || readOnly && manager.readsUnwritable();
    }

    private boolean isForAnyNode() {
        return readOnly
                && options.access() != Access.READ_WRITE
                && !primaryOnly
                && (causality == null || causality.mayBeReplayed(manager.epoch()));
    }

    @Override
    public void moved() {
        manager.threads().workers().execute(this::enterGateAgain);
    }

    /** Whoever was let in once waits for as long as it takes. */
    private void enterGateAgain() {
        if (phase.get() == Phase.WAITING) {
            enterGate(arrived + Long.MAX_VALUE / 2);
        }
    }

    @Override
    public long needed(long shortWork) {
        return Math.min(CROWD * shortWork, budget.toNanos() / MOST_NEEDED);
    }

    @Override
    public void turnedAway(Gate.Refused why) {
        manager.threads().messengers().execute(() -> turnedAwayAt(lane, why));
    }

    private Priority priority() {
        Priority own = options.priority();
        return own == null ? manager.mode().priority() : own;
    }

    /** With a permit in hand. */
    @Override
    public void granted() {
        manager.threads().workers().execute(this::run);
    }

    private void run() {
        Lane mine = lane;
        if (!phase.compareAndSet(Phase.WAITING, Phase.RUNNING)) {
            mine.gate().exit(consumer, System.nanoTime());
            return;
        }
        Ticket waited = ticket;
        Gate.Refused late = waited == null ? null : mine.gate().late(waited);
        if (late != null) {
            mine.gate().exit(consumer, System.nanoTime());
            turnedAwayAt(mine, late);
            return;
        }
        Borrow borrow;
        try {
            borrow = manager.lender()
                    .borrowInside(mine, consumer, arrived, System.nanoTime(), deadline(), isUndecided());
        } catch (SQLException | RuntimeException | Error e) {
            unserved(e);
            return;
        }
        if (borrow != null) {
            runOn(borrow);
        } else if (phase.compareAndSet(Phase.RUNNING, Phase.WAITING)) {
            enterGateAgain();
        }
    }

    /** It got no connection: the node may be away, and somebody looks for another one. */
    private void unserved(Throwable failure) {
        boolean late = deadline() - System.nanoTime() <= 0;
        boolean mayPass = failure instanceof CircuitOpenException
                ? isForAnyNode() && !lane.toPrimary()
                : failure instanceof SQLException sql && SqlStates.mayPass(sql);
        if (late || !mayPass || manager.generations().isClosed()) {
            finish(failure);
        } else if (isBackTo(Phase.WAITING)) {
            replays.unserved(failure);
            waitAndEnterAgain();
        }
    }

    private void runOn(Borrow borrow) {
        borrowed = borrow.since();
        node = borrow.physical().node();
        Attempt first = new Attempt(manager, consumer, borrow);
        running.set(first);
        borrow.physical().lend(this);
        if (consumer.ended()) {
            revoke();
        }
        for (Attempt now = first; now != null; ) {
            now = attempt(now);
        }
    }

    /** Runs the work once; the next try on the same connection, or null when this connection is done with. */
    private @Nullable Attempt attempt(Attempt mine) {
        Borrow borrow = mine.borrow();
        T value = null;
        boolean done = false;
        boolean begun = false;
        Throwable failure = null;
        try {
            if (phase.get() != Phase.RUNNING) {
                throw new CancellationException("ended before it began");
            }
            if (outcome != null) {
                outcome.endLost(mine.borrow());
            }
            if (causality != null && !isThere(mine)) {
                return elsewhere(mine);
            }
            mine.begin(readOnly, statementLimitMs());
            begun = true;
            done = outcome != null && !outcome.begin(mine);
            value = done ? outcome.sent() : work.run(mine.connection());
        } catch (Throwable e) {
            failure = e;
        }
        worked = System.nanoTime();
        mine.connection().closeStatements(borrow);
        SQLException lost = borrow.lost();
        if (failure == null && lost == null) {
            return done ? confirm(mine, value) : commit(mine, value);
        }
        Throwable why = failure == null ? lost : failure;
        return !begun && lost == null && SqlStates.cancelled(why) ? beginsAgain(mine, why) : failed(mine, why);
    }

    /** The statement that was to lengthen the mode's limit ran into it: the server is busy, and nothing was begun. */
    private @Nullable Attempt beginsAgain(Attempt mine, Throwable failure) {
        replays.unserved(failure);
        if (deadline() - System.nanoTime() > 0 && mine.undo() && isBackTo(Phase.RUNNING)) {
            return again(mine);
        }
        giveBack(mine);
        finish(failure);
        return null;
    }

    /** Whether the node has what the read must see. */
    private boolean isThere(Attempt mine) throws SQLException {
        WriteLostException lost = causality.lost(manager.key().toString(), manager.epoch());
        if (lost != null) {
            throw lost;
        }
        return lane.toPrimary() || mine.hasReplayed(causality, deadline());
    }

    private @Nullable Attempt elsewhere(Attempt mine) {
        primaryOnly = true;
        giveBack(mine);
        if (isBackTo(Phase.WAITING)) {
            enterGateAgain();
        }
        return null;
    }

    private @Nullable Attempt commit(Attempt mine, T value) {
        found = readOnly && mine.isReadFinal() ? new Found<>(value) : null;
        if (!phase.compareAndSet(Phase.RUNNING, Phase.COMMITTING)) {
            giveBack(mine);
            return null;
        }
        Throwable failure = mine.commit(readOnly, outcome == null ? null : outcome.sending(value));
        return failure == null ? succeeded(mine, value) : failed(mine, failure);
    }

    /** It was committed before. */
    private @Nullable Attempt confirm(Attempt mine, T value) {
        if (!phase.compareAndSet(Phase.RUNNING, Phase.COMMITTING)) {
            giveBack(mine);
            return null;
        }
        Throwable failure = mine.confirm(outcome.token());
        if (failure != null) {
            return failed(mine, failure);
        }
        outcome.confirmed();
        return succeeded(mine, value);
    }

    private @Nullable Attempt succeeded(Attempt mine, T value) {
        giveBack(mine);
        succeed(value);
        return null;
    }

    private @Nullable Attempt failed(Attempt mine, Throwable failure) {
        if (isCutShort(mine, failure)) {
            return cutShort(mine, failure);
        }
        Replays.Way way = way(mine, failure);
        boolean late = deadline() - System.nanoTime() <= 0;
        if (way == Replays.Way.HERE && !late && mine.undo() && isBackTo(Phase.RUNNING)) {
            return again(mine);
        }
        giveBack(mine);
        if (way == Replays.Way.NOT || late) {
            finish(failure);
        } else if (isBackTo(Phase.WAITING)) {
            waitAndEnterAgain();
        }
        return null;
    }

    private Replays.Way way(Attempt mine, Throwable failure) {
        Replays.Way way = replays.after(failure, mine.borrow().lost(), lane);
        if (outcome == null) {
            return way;
        }
        if (mine.borrow().lost() != null) {
            outcome.lost(mine.borrow());
        }
        if (way == Replays.Way.NOT && mine.wasCommitting() && outcome.isTokenRefused(failure)) {
            return Replays.Way.HERE;
        }
        if (mine.holdsToken() && !(failure instanceof OutcomeUnknownException)) {
            outcome.settled();
        }
        boolean open = failure instanceof OutcomeUnknownException unknown
                ? outcome.isToBeFoundOut(unknown)
                : outcome.unknown() != null;
        return open ? Replays.Way.ELSEWHERE : way;
    }

    /** Whether it may be committed: then it is found out, whatever the node is like. */
    private boolean isUndecided() {
        return outcome != null && outcome.unknown() != null;
    }

    /** The failure, unless the write may have been committed. */
    private Throwable orUnknown(Throwable failure) {
        Throwable unknown = outcome == null ? null : outcome.unknown();
        return unknown == null ? failure : unknown;
    }

    private void waitAndEnterAgain() {
        manager.threads()
                .timer()
                .schedule(
                        () -> manager.threads().workers().execute(this::enterGateAgain),
                        replays.delayMs(),
                        TimeUnit.MILLISECONDS);
    }

    private @Nullable Attempt again(Attempt mine) {
        Attempt next = new Attempt(manager, consumer, mine.borrow());
        return running.compareAndSet(mine, next) ? next : null;
    }

    /** It is run again, or has too little time for that. */
    private boolean isCutShort(Attempt mine, Throwable failure) {
        return isReadWithoutDeadline() && mine.borrow().lost() == null && mine.isCutShort(failure);
    }

    /** The mode's limits are its own, and it holds nothing that others wait for. */
    private boolean isReadWithoutDeadline() {
        return readOnly && options.deadline() == null;
    }

    /** Once may have been bad luck, and there may be time for another try. */
    private @Nullable Attempt cutShort(Attempt mine, Throwable failure) {
        replays.cutShort(failure);
        long now = System.nanoTime();
        boolean inTime = deadline() - now > needed(lane.gate().work(now));
        if (inTime && replays.cuts() == 1 && manager.retryBudget().spend() && mine.undo() && isBackTo(Phase.RUNNING)) {
            return again(mine);
        }
        giveBack(mine);
        finish(!inTime && hadTooLittleTime() ? hurried(failure) : failure);
        return null;
    }

    /** Whose statement was cut short once, in a crowd, had too little time because it waited. */
    private boolean hadTooLittleTime() {
        return isReadWithoutDeadline() && replays.cuts() <= 1 && isCrowdedOut();
    }

    private SQLException hurried(Throwable failure) {
        return manager.lender().turnedAway(lane, crowd(lane), borrowed - arrived, deadline(), failure);
    }

    /** From RUNNING or COMMITTING; false when the call is over. */
    private boolean isBackTo(Phase next) {
        return phase.compareAndSet(Phase.RUNNING, next) || phase.compareAndSet(Phase.COMMITTING, next);
    }

    /**
     * A deadline of the call's own may be longer than what the server lets a statement run: then it takes its place. A
     * shorter one needs nothing: the timer cancels the statement.
     */
    private long statementLimitMs() {
        Duration limit = manager.mode().statementTimeout();
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline() - System.nanoTime());
        return options.deadline() != null && !limit.isZero() && leftMs > limit.toMillis() ? leftMs : 0;
    }

    /** Nothing is left to do where it was taken back already. */
    private void giveBack(Attempt mine) {
        if (running.compareAndSet(mine, null)) {
            mine.giveBack();
        }
    }

    private void succeed(T value) {
        if (end(true)) {
            manager.retryBudget().succeeded();
            answer(value);
        }
    }

    private void answer(T value) {
        if (!result.isDone()) {
            manager.measure(this, null);
        }
        result.complete(value);
    }

    private void finish(Throwable failure) {
        if (end(false)) {
            failWith(failure);
        }
    }

    /** Completes the stage in this thread: whatever failed, what may have been committed is unknown. */
    private boolean failWith(Throwable failure) {
        Throwable told = orUnknown(failure);
        if (!result.isDone()) {
            manager.measure(this, told);
        }
        return result.completeExceptionally(told);
    }

    /** Whether the stage is still to be completed by who calls. */
    private boolean end(boolean succeeded) {
        stopTimer();
        if (phase.getAndSet(Phase.OVER) == Phase.OVER) {
            return false;
        }
        manager.ended(this, succeeded);
        return true;
    }

    /** Ends it while it waits; false if it doesn't. The stage is the caller's to complete. */
    private boolean endWaiting() {
        if (!phase.compareAndSet(Phase.WAITING, Phase.OVER)) {
            return false;
        }
        leaveGate();
        stopTimer();
        manager.ended(this, false);
        return true;
    }

    /** Ends it while its work runs; false if it doesn't, or COMMIT was sent. The stage is the caller's to complete. */
    private boolean endRunning(SQLException why) {
        if (!phase.compareAndSet(Phase.RUNNING, Phase.OVER)) {
            return false;
        }
        stop(why);
        stopTimer();
        manager.ended(this, false);
        return true;
    }

    @Override
    public void revoke() {
        SQLException why = consumer.gone(manager.key());
        if (endWaiting() || endRunning(why)) {
            fail(why);
            manager.threads()
                    .timer()
                    .schedule(
                            () -> manager.threads().background().execute(this::takeBack),
                            TAKE_BACK.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void evicted() {
        revoke();
    }

    private void takeBack() {
        Attempt taken = running.getAndSet(null);
        if (taken != null) {
            taken.borrow().takeBack();
        }
    }

    /** Who called where, and what took how long; for the log. */
    String account(long now) {
        long lent = borrowed == 0 ? now : borrowed;
        long returned = worked == 0 ? now : worked;
        NodeAddress at = node;
        return "bundle %s, %s, %s on %s: %d ms (waiting %d, working %d, ending %d)"
                .formatted(
                        consumer,
                        manager.key(),
                        kind(),
                        at == null ? "no node" : at.id(),
                        ms(now - arrived),
                        ms(lent - arrived),
                        ms(Math.max(0, returned - lent)),
                        ms(now - returned));
    }

    /** For the figures, at its end. */
    Operation operation(@Nullable Throwable failure) {
        long now = System.nanoTime();
        return new Operation(
                manager.key().cluster(),
                manager.key().mode(),
                kind(),
                node,
                now - arrived,
                (borrowed == 0 ? now : borrowed) - arrived,
                failure == null ? null : error(failure));
    }

    private static String error(Throwable failure) {
        return failure instanceof SQLException sql && sql.getSQLState() != null
                ? sql.getSQLState()
                : failure.getClass().getName();
    }

    private static long ms(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    private void stopTimer() {
        ScheduledFuture<?> set = timer;
        if (set != null) {
            set.cancel(false);
        }
    }

    /** On the timer's thread: what may take long, the stage's own followers included, runs elsewhere. */
    private void expire() {
        long left = deadline() - System.nanoTime();
        if (left > 0) {
            wakeAfter(left);
            lastCall();
        } else {
            endLate();
        }
    }

    private void lastCall() {
        if (isCrowdedOut() && endWaiting()) {
            fail(lateOr(neverBegun()));
        }
    }

    private void endLate() {
        if (endWaiting()) {
            fail(lateOr(neverBegun()));
            return;
        }
        SQLException late = borrowed == 0 ? neverBegun() : lateAtWork();
        if (endRunning(late)) {
            fail(late);
        } else if (phase.get() == Phase.COMMITTING) {
            Attempt now = running.get();
            Found<T> answer = found;
            if (answer != null) {
                manager.threads().messengers().execute(() -> answer(answer.value()));
            } else if (readOnly) {
                fail(late("the read was being finished", null));
            } else if (now != null) {
                String why = "no answer to COMMIT within the deadline of " + budget.toMillis() + " ms";
                fail(now.unknown(outcome.token(), why, null));
            }
        }
    }

    private SQLException lateAtWork() {
        SQLException late = late("the work was running", replays.last());
        return hadTooLittleTime() ? hurried(late) : late;
    }

    /** Others were served while it waited: it is the crowd that is in its way. */
    private boolean isCrowdedOut() {
        Ticket place = ticket;
        return place != null
                && place.hasSeenOthersServed()
                && lane.generations().capacity() > 0;
    }

    private SQLException neverBegun() {
        Lane at = lane;
        return isCrowdedOut()
                ? manager.lender().turnedAway(at, crowd(at), deadline())
                : manager.lender().timedOut(at, arrived, null);
    }

    /** Where nothing tells how long those who wait will take, it is as long as it has waited itself. */
    private Gate.Refused crowd(Lane at) {
        Gate.Refused refused = at.gate().refusal();
        return refused.expectedWait().isZero()
                ? new Gate.Refused(Duration.ofNanos(System.nanoTime() - arrived))
                : refused;
    }

    /** Where it failed before, that says more. */
    private SQLException lateOr(SQLException neverRun) {
        Throwable last = replays.last();
        return last == null ? neverRun : lateAgain(last);
    }

    private SQLException lateAgain(Throwable last) {
        return late(
                "it waited to be run again, after %d failed attempts, the last one with: %s"
                        .formatted(replays.failures(), last.getMessage()),
                last);
    }

    private SQLException late(String during, @Nullable Throwable cause) {
        return new DeadlineExceededException(manager.key().toString(), budget, during, cause);
    }

    private void fail(SQLException failure) {
        manager.threads().messengers().execute(() -> failWith(failure));
    }

    /** What may have been committed is not cancelled. */
    private boolean cancel() {
        if (outcome != null && outcome.unknown() != null) {
            return false;
        }
        SQLException why = new SQLException("pool '%s': the caller cancelled".formatted(manager.key()), "57014");
        return (endWaiting() || endRunning(why)) && failWith(new CancellationException());
    }

    @Override
    public CommitWatch.@Nullable Sent longCommit(long now) {
        Attempt mine = running.get();
        return mine != null && phase.get() == Phase.COMMITTING && CommitWatch.isLong(worked, now)
                ? new CommitWatch.Sent(mine, () -> running.get() == mine && phase.get() == Phase.COMMITTING)
                : null;
    }

    private void leaveGate() {
        Ticket place = ticket;
        if (place != null) {
            place.leave();
        }
    }

    private void stop(SQLException why) {
        Attempt now = running.get();
        if (now != null) {
            now.stop(why, () -> running.get() == now);
        }
    }

    @Override
    public long deadline() {
        return arrived + budget.toNanos();
    }
}
