// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CallOptions;
import io.ucm.api.SqlWork;
import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One {@code read} or {@code write}, from its arrival to the completion of its stage.
 *
 * <p>How it comes to a connection is told by {@link Admission}; each run of its work on one is an {@link Attempt}.
 *
 * <p>Invariant: whoever ends it ({@link CallState}) completes the stage, unless the deadline completed it while COMMIT was
 * out. COMMIT is sent only after the move to COMMITTING, so what ended before it is not done; and nothing is cancelled on
 * the server after it.
 */
final class Call<T> implements Holder {

    /** Work of a stopped bundle that does not return by then goes on without its connection. */
    private static final Duration TAKE_BACK = Duration.ofSeconds(1);

    /** @param value null is an answer too */
    private record Found<V>(@Nullable V value) {}

    private final Manager manager;
    private final Consumer consumer;
    private final SqlWork<T> work;
    private final boolean readOnly;
    private final CallTime time;
    private final CallStage<T> stage;
    private final CallState state = new CallState();
    private final Replays replays = new Replays();
    private final Admission admission;

    /** Null for a read. */
    private final @Nullable WriteOutcome<T> outcome;

    /** What it has found, once nothing that may still fail can change it. */
    private volatile @Nullable Found<T> found;

    private volatile @Nullable NodeAddress node;

    Call(Manager manager, Consumer consumer, SqlWork<T> work, CallOptions options, boolean readOnly) {
        this.manager = manager;
        this.consumer = consumer;
        this.work = work;
        this.readOnly = readOnly;
        this.time = new CallTime(this, manager, options);
        this.stage = new CallStage<>(this, manager);
        this.admission = new Admission(this, manager, options, readOnly);
        this.outcome = readOnly ? null : new WriteOutcome<>(manager);
    }

    CallStage<T> stage() {
        return stage;
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
        return time.borrowed();
    }

    /** The one that it ran on last; null: none so far. */
    @Nullable
    NodeAddress node() {
        return node;
    }

    CallTime time() {
        return time;
    }

    CallState state() {
        return state;
    }

    Replays replays() {
        return replays;
    }

    /** What to tell its caller, as things are now. */
    CallErrors errors() {
        return new CallErrors(manager, time, replays, admission.lane(), admission.ticket());
    }

    void start() {
        time.start();
        admission.start();
    }

    /** Runs on that connection, as often as it takes. */
    void runOn(Borrow borrow) {
        time.borrowed(borrow.since());
        node = borrow.physical().node();
        Attempt first = new Attempt(manager, consumer, borrow);
        state.begin(first);
        borrow.physical().lend(this);
        if (consumer.ended()) {
            revoke();
        }
        try {
            for (Attempt now = first; now != null; ) {
                now = attempt(now);
            }
        } catch (RuntimeException | Error e) {
            // Of a driver that does what none should: nothing is kept of it, and nobody waits for it.
            abandon();
            finish(e);
        }
    }

    private void abandon() {
        Attempt left = state.takeOut();
        if (left != null) {
            left.borrow().spoil();
            left.giveBack();
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
            requireRunning();
            if (outcome != null) {
                outcome.endLost(borrow);
            }
            if (!admission.isThere(mine)) {
                return elsewhere(mine);
            }
            mine.begin(readOnly, time.statementLimitMs());
            begun = true;
            done = outcome != null && !outcome.begin(mine);
            requireRunning();
            value = done ? outcome.sent() : work.run(mine.connection());
        } catch (Throwable e) {
            failure = e;
        }
        time.worked();
        mine.connection().closeStatements(borrow);
        SQLException lost = borrow.lost();
        if (failure == null && lost == null) {
            return done ? confirm(mine, value) : commit(mine, value);
        }
        Throwable why = failure == null ? lost : failure;
        return !begun && lost == null && SqlStates.cancelled(why) ? beginsAgain(mine, why) : failed(mine, why);
    }

    private void requireRunning() {
        if (!state.isRunning()) {
            throw new CancellationException("ended before it began");
        }
    }

    /** The statement that was to lengthen the mode's limit ran into it: the server is busy, and nothing was begun. */
    private @Nullable Attempt beginsAgain(Attempt mine, Throwable failure) {
        replays.unserved(failure);
        if (!time.isUp() && mine.undo() && state.runAgain()) {
            return again(mine);
        }
        giveBack(mine);
        finish(failure);
        return null;
    }

    private @Nullable Attempt elsewhere(Attempt mine) {
        giveBack(mine);
        admission.goElsewhere();
        return null;
    }

    private @Nullable Attempt commit(Attempt mine, T value) {
        found = readOnly && mine.isReadFinal() ? new Found<>(value) : null;
        // Before the move: who is late at COMMIT tells the token.
        WriteToken token = outcome == null ? null : outcome.sending(value);
        if (!state.commit()) {
            giveBack(mine);
            return null;
        }
        Throwable failure = mine.commit(readOnly, token);
        return failure == null ? succeeded(mine, value) : failed(mine, failure);
    }

    /** It was committed before. */
    private @Nullable Attempt confirm(Attempt mine, T value) {
        if (!state.commit()) {
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

    /** From here the answer is known, however long it takes until the connection is back. */
    private @Nullable Attempt succeeded(Attempt mine, T value) {
        if (found == null) {
            found = new Found<>(value);
        }
        try {
            giveBack(mine);
        } finally {
            succeed(value);
        }
        return null;
    }

    private @Nullable Attempt failed(Attempt mine, Throwable failure) {
        if (isCutShort(mine, failure)) {
            return cutShort(mine, failure);
        }
        Replays.Way way = way(mine, failure);
        boolean late = time.isUp();
        if (way == Replays.Way.HERE && !late && mine.undo() && state.runAgain()) {
            return again(mine);
        }
        giveBack(mine);
        if (way == Replays.Way.NOT || late) {
            finish(failure);
        } else if (state.waitAgain()) {
            admission.enterAgainSoon();
        }
        return null;
    }

    private Replays.Way way(Attempt mine, Throwable failure) {
        Replays.Way way = replays.after(failure, mine.borrow().lost(), admission.lane());
        return outcome == null ? way : outcome.after(mine, failure, way);
    }

    /** Whether it may be committed: then it is found out, whatever the node is like. */
    boolean isUndecided() {
        return outcome != null && outcome.unknown() != null;
    }

    /** The failure, unless the write may have been committed. */
    private Throwable orUnknown(Throwable failure) {
        Throwable unknown = outcome == null ? null : outcome.unknown();
        return unknown == null ? failure : unknown;
    }

    private @Nullable Attempt again(Attempt mine) {
        Attempt next = new Attempt(manager, consumer, mine.borrow());
        if (!state.replace(mine, next)) {
            return null;
        }
        if (consumer.ended()) {
            revoke();
        }
        return next;
    }

    /** It is run again, or has too little time for that. */
    private boolean isCutShort(Attempt mine, Throwable failure) {
        return isReadWithoutDeadline() && mine.borrow().lost() == null && mine.isCutShort(failure);
    }

    /** The mode's limits are its own, and it holds nothing that others wait for. */
    private boolean isReadWithoutDeadline() {
        return readOnly && !time.isOwn();
    }

    /** Once may have been bad luck, and there may be time for another try. */
    private @Nullable Attempt cutShort(Attempt mine, Throwable failure) {
        replays.cutShort(failure);
        boolean inTime = time.left() > time.needed(admission.lane().gate().work(System.nanoTime()));
        if (inTime && replays.cuts() == 1 && manager.retryBudget().spend() && mine.undo() && state.runAgain()) {
            return again(mine);
        }
        giveBack(mine);
        CallErrors errors = errors();
        finish(!inTime && hadTooLittleTime(errors) ? errors.hurried(failure) : failure);
        return null;
    }

    /** Whose statement was cut short once, in a crowd, had too little time because it waited. */
    private boolean hadTooLittleTime(CallErrors errors) {
        return isReadWithoutDeadline() && replays.cuts() <= 1 && errors.isCrowdedOut();
    }

    /** Nothing is left to do where it was taken back already. */
    private void giveBack(Attempt mine) {
        if (state.takeOut(mine)) {
            mine.giveBack();
        }
    }

    private void succeed(T value) {
        if (end(true)) {
            manager.retryBudget().succeeded();
            stage.answer(value);
        }
    }

    void finish(Throwable failure) {
        if (end(false)) {
            failWith(failure);
        }
    }

    /** Completes the stage in this thread: whatever failed, what may have been committed is unknown. */
    private boolean failWith(Throwable failure) {
        return stage.fail(orUnknown(failure));
    }

    /** Whether the stage is still to be completed by who calls. */
    private boolean end(boolean succeeded) {
        time.stop();
        if (!state.end()) {
            return false;
        }
        manager.ended(this, succeeded);
        return true;
    }

    /** Ends it while it waits; false if it doesn't. The stage is the caller's to complete. */
    private boolean endWaiting() {
        if (!state.endWaiting()) {
            return false;
        }
        admission.leave();
        time.stop();
        manager.ended(this, false);
        return true;
    }

    /** Ends it while its work runs; false if it doesn't, or COMMIT was sent. The stage is the caller's to complete. */
    private boolean endRunning(SQLException why) {
        if (!state.endRunning()) {
            return false;
        }
        stop(why);
        time.stop();
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

    private void takeBack() {
        Attempt taken = state.takeOut();
        if (taken != null) {
            taken.borrow().takeBack();
        }
    }

    /** Who called where, and what took how long; for the log. */
    String account(long now) {
        NodeAddress at = node;
        return "bundle %s, %s, %s on %s: %s"
                .formatted(consumer, manager.key(), kind(), at == null ? "no node" : at.id(), time.inWords(now));
    }

    /** The deadline is near. */
    void lastCall() {
        if (errors().isCrowdedOut() && endWaiting()) {
            fail(errors().neverRunAgain());
        }
    }

    /** The deadline has passed. What may take long, the stage's own followers included, runs on another thread. */
    void endLate() {
        // It may move on between two of the looks.
        while (!state.isOver() && !endsLate()) {
            Thread.onSpinWait();
        }
    }

    /** False if it does not wait. After its deadline, when nobody else ends it. */
    boolean endLateWaiting() {
        boolean waited = endWaiting();
        if (waited) {
            fail(errors().neverRunAgain());
        }
        return waited;
    }

    private boolean endsLate() {
        if (endLateWaiting()) {
            return true;
        }
        CallErrors errors = errors();
        SQLException late = time.borrowed() == 0 ? errors.neverBegun() : lateAtWork(errors);
        if (endRunning(late)) {
            fail(late);
            return true;
        }
        boolean committing = state.isCommitting();
        if (committing) {
            lateAtCommit(errors);
        }
        return committing;
    }

    private SQLException lateAtWork(CallErrors errors) {
        SQLException late = errors.late("the work was running", replays.last());
        return hadTooLittleTime(errors) ? errors.hurried(late) : late;
    }

    /** It goes on: only its caller waits no longer. */
    private void lateAtCommit(CallErrors errors) {
        Attempt now = state.attempt();
        Found<T> answer = found;
        if (answer != null) {
            manager.threads().messengers().execute(() -> stage.answer(answer.value()));
        } else if (readOnly) {
            fail(errors.late("the read was being finished", null));
        } else if (now != null) {
            String why = "no answer to COMMIT within the deadline of "
                    + time.budget().toMillis() + " ms";
            fail(now.unknown(outcome.token(), why, null));
        }
    }

    private void fail(SQLException failure) {
        manager.threads().messengers().execute(() -> failWith(failure));
    }

    /** What may have been committed is not cancelled. */
    boolean cancel() {
        if (isUndecided()) {
            return false;
        }
        SQLException why = new SQLException("pool '%s': the caller cancelled".formatted(manager.key()), "57014");
        return (endWaiting() || endRunning(why)) && failWith(new CancellationException());
    }

    @Override
    public CommitWatch.@Nullable Sent longCommit(long now) {
        Attempt mine = state.attempt();
        return mine != null && state.isCommitting() && time.isLongCommit(now)
                ? new CommitWatch.Sent(mine, () -> state.attempt() == mine && state.isCommitting())
                : null;
    }

    private void stop(SQLException why) {
        Attempt now = state.attempt();
        if (now != null) {
            now.stop(why, () -> state.attempt() == now);
        }
    }
}
