// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.DeadlineExceededException;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Operation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One {@code read} or {@code write}, from its arrival to the completion of its stage.
 *
 * <p>Invariant: {@code phase} only moves WAITING → RUNNING → COMMITTING → OVER, back from RUNNING to WAITING when
 * nothing served, or from WAITING and RUNNING straight to OVER when the deadline passes, the caller cancels or its bundle
 * stops. Whoever moves it to OVER completes the stage, unless the deadline completed it while COMMIT was out. COMMIT is
 * sent only after the move to COMMITTING, so what ended before it is not done; and nothing is cancelled on the server
 * after it. Whoever takes {@code running} out gives the connection back, once.
 */
final class Call<T> implements Holder, Gate.Waiter {

    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    /** A cancellation that came between two statements finds nothing to cancel: it is repeated until all is back. */
    private static final Duration CANCEL_AGAIN = Duration.ofMillis(100);

    /** Work of a stopped bundle that does not return by then goes on without its connection. */
    private static final Duration TAKE_BACK = Duration.ofSeconds(1);

    private enum Phase {
        WAITING,
        RUNNING,
        COMMITTING,
        OVER
    }

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
    private final AtomicReference<@Nullable Running> running = new AtomicReference<>();
    private volatile Gate.@Nullable Ticket ticket;
    private volatile Lane lane;
    private volatile @Nullable ScheduledFuture<?> timer;

    /** When it got its connection, and when its work returned; 0: not yet. */
    private volatile long borrowed;

    private volatile long worked;
    private volatile @Nullable NodeAddress node;

    /** The borrow of a running call, what its work sees, and the lock under which it is cancelled or given back. */
    private record Running(Borrow borrow, UcmConnection connection, ReentrantLock lock) {}

    Call(Manager manager, Consumer consumer, SqlWork<T> work, CallOptions options, boolean readOnly) {
        this.manager = manager;
        this.consumer = consumer;
        this.work = work;
        this.options = options;
        this.readOnly = readOnly;
        Duration deadline = options.deadline();
        this.budget = deadline == null ? manager.mode().defaultDeadline() : deadline;
        this.lane = manager.primary();
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
        timer = manager.threads().timer().schedule(this::expire, budget.toNanos(), TimeUnit.NANOSECONDS);
        enterGate();
    }

    private void enterGate() {
        Lane chosen = manager.lane(readOnly && options.access() != Access.READ_WRITE);
        lane = chosen;
        Gate.Ticket place = chosen.gate().enter(priority(), this);
        if (place == null) {
            granted();
            return;
        }
        ticket = place;
        if (consumer.ended()) {
            revoke();
        }
        if (phase.get() == Phase.OVER && place.leave()) {
            ticket = null;
        }
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
            mine.gate().exit();
            return;
        }
        Borrow borrow;
        try {
            borrow = manager.borrowInside(mine, deadline());
        } catch (SQLException | RuntimeException | Error e) {
            finish(e);
            return;
        }
        if (borrow == null) {
            waitAgain(mine);
        } else {
            runOn(borrow);
        }
    }

    /** What served has left in between: back to the queue, or to another one. */
    private void waitAgain(Lane left) {
        left.gate().exit();
        if (phase.compareAndSet(Phase.RUNNING, Phase.WAITING)) {
            enterGate();
        }
    }

    private void runOn(Borrow borrow) {
        UcmConnection connection = new UcmConnection(borrow, manager, consumer, true);
        Running mine = new Running(borrow, connection, new ReentrantLock());
        borrowed = connection.since();
        node = borrow.physical().node();
        running.set(mine);
        borrow.physical().lend(this);
        if (consumer.ended()) {
            revoke();
        }
        T value;
        try {
            begin(borrow);
            value = work.run(connection);
            worked = System.nanoTime();
            connection.closeStatements(borrow);
        } catch (Throwable e) {
            worked = System.nanoTime();
            connection.closeStatements(borrow);
            giveBack(mine);
            finish(e);
            return;
        }
        if (phase.compareAndSet(Phase.RUNNING, Phase.COMMITTING)) {
            commit(mine, value);
        } else {
            giveBack(mine);
        }
    }

    /** No round trip: the driver sends BEGIN with the first statement. */
    private void begin(Borrow borrow) throws SQLException {
        if (phase.get() != Phase.RUNNING) {
            throw new CancellationException("ended before it began");
        }
        Connection raw = borrow.raw();
        if (readOnly && !manager.mode().readOnly()) {
            borrow.physical().changing(Setting.READ_ONLY);
            raw.setReadOnly(true);
        }
        raw.setAutoCommit(false);
        raiseStatementTimeout(raw);
    }

    /**
     * A deadline of the call's own may be longer than what the server lets a statement run: then it takes its place. A
     * shorter one needs nothing: the timer cancels the statement.
     */
    private void raiseStatementTimeout(Connection raw) throws SQLException {
        Duration limit = manager.mode().statementTimeout();
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline() - System.nanoTime());
        if (options.deadline() != null && !limit.isZero() && leftMs > limit.toMillis()) {
            try (Statement statement = raw.createStatement()) {
                statement.execute("SET LOCAL statement_timeout = " + Math.min(leftMs, Integer.MAX_VALUE));
            }
        }
    }

    private void commit(Running mine, T value) {
        Borrow borrow = mine.borrow();
        Throwable failure = null;
        try {
            Connection raw = borrow.raw();
            raw.clearWarnings();
            raw.commit();
            SQLWarning warning = raw.getWarnings();
            if (warning != null && !readOnly) {
                failure = unknown(borrow, "COMMIT returned with the warning '" + warning.getMessage() + "'", warning);
            }
        } catch (SQLException e) {
            borrow.failed(e);
            failure = readOnly || !SqlStates.endsConnection(e)
                    ? e
                    : unknown(borrow, "the connection was lost after COMMIT was sent: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            borrow.spoil();
            failure = unknown(borrow, "the driver failed at COMMIT: " + e, e);
        }
        giveBack(mine);
        if (failure == null) {
            succeed(value);
        } else {
            finish(failure);
        }
    }

    private OutcomeUnknownException unknown(Borrow borrow, String why, @Nullable Throwable cause) {
        return new OutcomeUnknownException(manager.key().toString(), borrow.node(), why, cause);
    }

    /**
     * Rolls back what was not committed, after a cancellation on its way has ended: the next borrower gets none. Nothing
     * is left to do where it was taken back already.
     */
    private void giveBack(Running mine) {
        if (running.compareAndSet(mine, null)) {
            mine.connection().end();
            mine.lock().lock();
            mine.lock().unlock();
            mine.borrow().giveBack();
        }
    }

    private void succeed(T value) {
        if (end(true)) {
            manager.measure(this, null);
            result.complete(value);
        }
    }

    private void finish(Throwable failure) {
        if (end(false)) {
            failWith(failure);
        }
    }

    /** Completes the stage in this thread. */
    private boolean failWith(Throwable failure) {
        if (!result.isDone()) {
            manager.measure(this, failure);
        }
        return result.completeExceptionally(failure);
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
        Running taken = running.getAndSet(null);
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
        if (endWaiting()) {
            fail(manager.timedOut(lane, arrived, null));
            return;
        }
        SQLException late = late("the work was running");
        if (endRunning(late)) {
            fail(late);
        } else if (phase.get() == Phase.COMMITTING) {
            Running now = running.get();
            if (readOnly) {
                fail(late("the read was being finished"));
            } else if (now != null) {
                String why = "no answer to COMMIT within the deadline of " + budget.toMillis() + " ms";
                fail(unknown(now.borrow(), why, null));
            }
        }
    }

    private SQLException late(String during) {
        return new DeadlineExceededException(manager.key().toString(), budget, during, null);
    }

    private void fail(SQLException failure) {
        manager.threads().workers().execute(() -> failWith(failure));
    }

    private boolean cancel() {
        SQLException why = new SQLException("pool '%s': the caller cancelled".formatted(manager.key()), "57014");
        return (endWaiting() || endRunning(why)) && failWith(new CancellationException());
    }

    private void leaveGate() {
        Gate.Ticket place = ticket;
        if (place != null) {
            place.leave();
        }
    }

    /** Ends what the work does: its next call of JDBC fails, and what runs on the server is cancelled. */
    private void stop(SQLException why) {
        Running now = running.get();
        if (now != null) {
            now.connection().end(why);
            manager.threads().background().execute(() -> cancelUntilBack(now));
        }
    }

    private void cancelUntilBack(Running stopped) {
        stopped.lock().lock();
        try {
            if (running.get() != stopped) {
                return;
            }
            stopped.borrow().physical().cancelStatement();
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug(
                    "{}: could not cancel on {}",
                    manager.key(),
                    stopped.borrow().node(),
                    e);
        } finally {
            stopped.lock().unlock();
        }
        manager.threads()
                .timer()
                .schedule(
                        () -> manager.threads().background().execute(() -> cancelUntilBack(stopped)),
                        CANCEL_AGAIN.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private long deadline() {
        return arrived + budget.toNanos();
    }
}
