// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is lent out: a permit of the gate, a place in its generation, and the pool's own connection.
 * Whoever holds it gives it back once.
 */
final class Borrow {

    private static final Logger LOG = LoggerFactory.getLogger(Borrow.class);

    private final Lane lane;
    private final Consumer consumer;
    private final Generation generation;
    private final Connection pooled;
    private final PhysicalConnection physical;
    private final long since;
    private final long leave;

    /** The first failure that may tell of the node, and the longest statement. Of its user's threads, one after the other. */
    private @Nullable SQLException failure;

    private long longest;
    /** Whether it was ended from outside: then its failures are ours. */
    private volatile boolean interrupted;

    private volatile boolean broken;
    private volatile @Nullable SQLException lost;

    /**
     * @param pooled what the pool lent; it wraps the physical one
     * @param leave of the lane's breaker
     */
    Borrow(
            Lane lane,
            Consumer consumer,
            Generation generation,
            Connection pooled,
            PhysicalConnection physical,
            long since,
            long leave) {
        this.lane = lane;
        this.consumer = consumer;
        this.generation = generation;
        this.pooled = pooled;
        this.physical = physical;
        this.since = since;
        this.leave = leave;
    }

    /** When it was borrowed, in {@link System#nanoTime}. */
    long since() {
        return since;
    }

    PhysicalConnection physical() {
        return physical;
    }

    Connection raw() {
        return physical.delegate();
    }

    String node() {
        return physical.node().id();
    }

    /** One of its statements is back after that time. */
    void ran(long nanos) {
        if (nanos > longest) {
            longest = nanos;
        }
    }

    /** It is ended from outside, when what runs on it has run for that long. */
    void interrupt(long nanos) {
        interrupted = true;
        ran(nanos);
    }

    /** A statement failed after that time: what was cancelled before its limit was so on request. */
    SQLException failed(SQLException e, long nanos) {
        if (failure == null && !(SqlStates.cancelled(e) && !isPastLimit(nanos))) {
            failure = e;
        }
        return seen(e);
    }

    private boolean isPastLimit(long nanos) {
        long limit = generation.blueprint().session().statementTimeout().toNanos();
        return limit > 0 && nanos >= limit;
    }

    /** What is sent for the user failed. */
    SQLException failed(SQLException e) {
        return failed(e, 0);
    }

    /** Looks at a failure of the connection; hands it on. */
    private SQLException seen(SQLException e) {
        SQLException end = end(e);
        if (end != null) {
            broken = true;
            lost = end;
            if (SqlStates.tellsOfTheNode(end)) {
                generation.lost(end);
            }
        } else if (SqlStates.READ_ONLY.equals(e.getSQLState()) && tellsOfTheRole()) {
            broken = true;
            lost = e;
            generation.roleLost(e);
        }
        return e;
    }

    /** What tells that the session has ended with that failure, whatever it says; null: it has not. */
    private @Nullable SQLException end(SQLException e) {
        SQLException told = SqlStates.end(e);
        return told != null || !isClosed() ? told : new SQLException(e.getMessage(), "08006", e);
    }

    private boolean isClosed() {
        try {
            return raw().isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    private boolean tellsOfTheRole() {
        try {
            return !generation.blueprint().session().readOnly() && physical.tellsOfTheRole();
        } catch (SQLException closed) {
            return false;
        }
    }

    /** The connection is closed when it is given back. */
    void spoil() {
        broken = true;
    }

    /** Whether the connection is known to be of no use any more. */
    boolean isBroken() {
        return broken;
    }

    /** What ended the connection, or its node's role; null while nothing did. */
    @Nullable
    SQLException lost() {
        return lost;
    }

    /** Whether its session has ended, so that nobody knows what became of what was sent last. */
    boolean hasEnded() {
        SQLException end = lost;
        return end != null && SqlStates.endsConnection(end);
    }

    /** A connection of no pool to the same node, in the same role; the caller closes it. Blocks while it connects. */
    Connection connect() throws SQLException {
        return generation.blueprint().connect();
    }

    /** From another thread than its user's, who gets an error in place of an answer. */
    void cutOff() {
        interrupted = true;
        physical.cutOff();
    }

    /**
     * From another thread than its user's: what runs is cancelled, and the connection is closed in place of its return.
     * Blocks for one connect to the server.
     */
    void takeBack() {
        interrupted = true;
        spoil();
        try {
            physical.cancelStatement();
            physical.abort(Runnable::run);
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("{}: a connection to {} could not be cut off", generation, physical.node(), e);
        }
        giveBack();
    }

    /** Rolls back what is open, restores the session and returns the connection; closes it if that fails. */
    void giveBack() {
        try {
            if (reusable()) {
                pooled.close();
            } else {
                physical.condemn();
                generation.pool().evict(pooled);
            }
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.warn("{}: a connection to {} could not be returned", generation, physical.node(), e);
        } finally {
            generation.exit();
            if (lost == null) {
                lane.gate().exit(consumer, since);
            } else {
                lane.gate().exitOfLost(consumer, since);
            }
            tell();
        }
    }

    private void tell() {
        if (interrupted) {
            lane.breaker().interrupted(physical.node(), leave, longest);
        } else {
            lane.breaker().ended(physical.node(), leave, longest, lost == null ? failure : lost);
        }
    }

    private boolean reusable() {
        if (broken) {
            return false;
        }
        try {
            physical.reset();
            return !raw().isClosed();
        } catch (SQLException e) {
            LOG.debug("{}: closing a connection to {} that could not be reset", generation, physical.node(), e);
            return false;
        }
    }
}
