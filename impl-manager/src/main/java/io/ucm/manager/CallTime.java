// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CallOptions;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time that one {@link Call} has, and what it took so far. It wakes the call when that is up, and once before, where it
 * waits in a crowd. All moments are of {@link System#nanoTime}. Thread-safe.
 */
final class CallTime implements Runnable {

    /**
     * Who is near its deadline has waited in a crowd, where short work may take so many times as long. Measured with 1000
     * clients on two cores: what took 1 to 7 ms as a rule took up to 100.
     */
    private static final int CROWD = 16;

    /** Its work need not have more than this part of its budget: 1 / MOST_NEEDED. */
    private static final int MOST_NEEDED = 4;

    private final Call<?> call;
    private final Manager manager;
    private final long arrived = System.nanoTime();
    private final Duration budget;

    /** Whether the deadline is the call's own, not the mode's. */
    private final boolean own;

    private volatile @Nullable ScheduledFuture<?> timer;

    /** When the call got its connection, and when its work returned; 0: not yet. */
    private volatile long borrowed;

    private volatile long worked;

    CallTime(Call<?> call, Manager manager, CallOptions options) {
        this.call = call;
        this.manager = manager;
        Duration deadline = options.deadline();
        this.own = deadline != null;
        this.budget = deadline == null ? manager.mode().defaultDeadline() : deadline;
    }

    long arrived() {
        return arrived;
    }

    Duration budget() {
        return budget;
    }

    boolean isOwn() {
        return own;
    }

    long deadline() {
        return arrived + budget.toNanos();
    }

    /** Until the deadline, in nanoseconds; negative when it has passed. */
    long left() {
        return deadline() - System.nanoTime();
    }

    boolean isUp() {
        return left() <= 0;
    }

    /** Where the mode's limits are the budget, the statement's part of it is kept for the statement. */
    long patience() {
        return own ? deadline() : arrived + manager.mode().acquireTimeout().toNanos();
    }

    /** See {@link Waiter#needed}. */
    long needed(long shortWork) {
        return Math.min(CROWD * shortWork, budget.toNanos() / MOST_NEEDED);
    }

    /**
     * A deadline of the call's own may be longer than what the server lets a statement run: then it takes its place. A
     * shorter one needs nothing: the timer cancels the statement.
     */
    long statementLimitMs() {
        Duration limit = manager.mode().statementTimeout();
        long leftMs = TimeUnit.NANOSECONDS.toMillis(left());
        return own && !limit.isZero() && leftMs > limit.toMillis() ? leftMs : 0;
    }

    void start() {
        wakeAfter(budget.toNanos());
    }

    private void wakeAfter(long nanos) {
        timer = manager.threads().timer().schedule(this, nanos, TimeUnit.NANOSECONDS);
    }

    void stop() {
        ScheduledFuture<?> set = timer;
        if (set != null) {
            set.cancel(false);
        }
    }

    /** Who has no time left for its work need not wait for the deadline itself. */
    void wakeForLastCall(Gate gate) {
        long now = System.nanoTime();
        long needed = needed(gate.work(now));
        if (needed > 0 && deadline() - now > needed) {
            stop();
            wakeAfter(deadline() - now - needed);
        }
    }

    /** On the timer's thread. */
    @Override
    public void run() {
        long left = left();
        if (left > 0) {
            wakeAfter(left);
            call.lastCall();
        } else {
            call.endLate();
        }
    }

    void borrowed(long when) {
        borrowed = when;
    }

    /** 0: it has no connection yet. */
    long borrowed() {
        return borrowed;
    }

    /** Its work has returned. */
    void worked() {
        worked = System.nanoTime();
    }

    /** Whether it returned so long ago that the answer to its COMMIT may be lost. */
    boolean isLongCommit(long now) {
        return CommitWatch.isLong(worked, now);
    }

    /** How long it waited for its connection, or waits, in nanoseconds. */
    long waited(long now) {
        return (borrowed == 0 ? now : borrowed) - arrived;
    }

    /** What took how long. */
    String inWords(long now) {
        long lent = arrived + waited(now);
        long returned = worked == 0 ? now : worked;
        return "%d ms (waiting %d, working %d, ending %d)"
                .formatted(ms(now - arrived), ms(lent - arrived), ms(Math.max(0, returned - lent)), ms(now - returned));
    }

    private static long ms(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
