// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.BulkheadFullException;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.Priority;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lends the connections of one manager: through the gate of a lane, from what serves behind it. Thread-safe. */
final class Lender {

    /** How long a caller waits in the pool before it looks whether that still serves. */
    private static final long POOL_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** How long a connection that is not trusted may take to answer. */
    private static final int VERIFY_SECONDS = 1;

    private final Manager manager;

    Lender(Manager manager) {
        this.manager = manager;
    }

    /** For {@link javax.sql.DataSource#getConnection()}: blocks up to the acquire timeout. */
    UcmConnection lend(Consumer consumer) throws SQLException {
        consumer.begin();
        Borrow borrow;
        try {
            borrow = borrow(consumer, manager.mode().priority());
        } catch (SQLException | RuntimeException | Error e) {
            consumer.done(false);
            throw e;
        }
        UcmConnection connection = new UcmConnection(borrow, manager, consumer, false);
        borrow.physical().lend(connection);
        if (consumer.ended()) {
            connection.revoke();
            throw consumer.gone(manager.key());
        }
        return connection;
    }

    private Borrow borrow(Consumer consumer, Priority priority) throws SQLException {
        long arrived = System.nanoTime();
        long deadline = arrived + manager.mode().acquireTimeout().toNanos();
        boolean movable = manager.mode().readOnly();
        try {
            while (true) {
                Lane lane = manager.lane(movable);
                Gate.Entry entry =
                        enter(lane, priority, new Gate.Parked(consumer, Thread.currentThread(), movable), deadline);
                if (entry == Gate.Verdict.INSIDE) {
                    Borrow borrow = borrowInside(lane, consumer, deadline);
                    if (borrow != null) {
                        return borrow;
                    }
                } else if (entry != Gate.Verdict.ELSEWHERE) {
                    throw notInside(lane, consumer, entry, arrived, deadline);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "pool '%s': interrupted while waiting for a connection".formatted(manager.key()), "08001", e);
        }
    }

    private Gate.Entry enter(Lane lane, Priority priority, Gate.Parked caller, long deadline)
            throws InterruptedException {
        Gate.Entry entry = lane.gate().enter(priority, caller, deadline);
        if (!(entry instanceof Gate.Ticket ticket)) {
            return entry;
        }
        if (caller.isMovable() && manager.isBetterElsewhere(lane) && ticket.leave()) {
            return Gate.Verdict.ELSEWHERE;
        }
        return lane.gate().await(ticket, deadline);
    }

    private SQLException notInside(Lane lane, Consumer consumer, Gate.Entry entry, long arrived, long deadline) {
        if (entry instanceof Gate.Refused refused) {
            return turnedAway(lane, refused, deadline);
        }
        return consumer.ended() ? consumer.gone(manager.key()) : timedOut(lane, arrived, null);
    }

    /**
     * Borrows with a permit of the lane's gate in hand. The permit goes on with the borrow; without one, it is given back.
     *
     * @return null when the lane has nothing that serves now
     */
    @Nullable
    Borrow borrowInside(Lane lane, Consumer consumer, long deadline) throws SQLException {
        long arrived = System.nanoTime();
        Generations generations = lane.generations();
        for (Generation now = generations.current(); now != null; now = generations.current()) {
            if (!now.enter()) {
                continue;
            }
            try {
                return borrowFrom(lane, now, consumer, deadline);
            } catch (SQLException | RuntimeException | LinkageError e) {
                now.exit();
                if (generations.current() == now) {
                    lane.gate().exit(consumer, arrived);
                    if (!lane.toPrimary()) {
                        lane.avoid();
                        return null;
                    }
                    throw refused(lane, arrived, e);
                }
            }
        }
        lane.gate().exit(consumer, arrived);
        if (manager.generations().isClosed()) {
            throw closed();
        }
        return null;
    }

    /**
     * The next connection that may be lent: one that is not trusted, or was idle for long, is asked first, and closed if it
     * does not answer.
     */
    private Borrow borrowFrom(Lane lane, Generation from, Consumer consumer, long deadline) throws SQLException {
        Connections siblings = from.connections();
        Duration idle = manager.settings().care().validateAfterIdle();
        while (true) {
            Connection pooled = connection(lane, from, deadline);
            PhysicalConnection physical = pooled.unwrap(PhysicalConnection.class);
            physical.take();
            long now = System.nanoTime();
            if (siblings.trusts(physical) && !physical.silentFor(idle, now)
                    || siblings.verify(physical, VERIFY_SECONDS)) {
                return new Borrow(lane.gate(), consumer, from, pooled, physical, now);
            }
            physical.condemn();
            from.pool().evict(pooled);
            if (deadline - System.nanoTime() <= 0) {
                throw new SQLTransientConnectionException("no connection answers", "08001");
            }
        }
    }

    /**
     * In short waits, so that nobody goes on waiting in a pool that does not serve any more; and only one of them on a
     * replica, because the primary can serve too.
     */
    private static Connection connection(Lane lane, Generation from, long deadline) throws SQLException {
        while (true) {
            long now = System.nanoTime();
            long left = Math.max(1, deadline - now);
            try {
                return from.pool().getConnection(Duration.ofNanos(Math.min(left, POOL_WAIT_NANOS)));
            } catch (SQLTransientConnectionException e) {
                boolean waited = System.nanoTime() - now >= POOL_WAIT_NANOS;
                if (!waited
                        || !lane.toPrimary()
                        || left <= POOL_WAIT_NANOS
                        || lane.generations().current() != from) {
                    throw e;
                }
            }
        }
    }

    /** The error for a caller who comes too late. */
    SQLException closed() {
        return new SQLNonTransientConnectionException(
                "pool '%s': the manager was closed: its configuration or its bundle is gone".formatted(manager.key()),
                "08003");
    }

    private SQLException refused(Lane lane, long arrived, Throwable e) {
        return e instanceof SQLException failure && !(e instanceof SQLTransientConnectionException)
                ? failure
                : timedOut(lane, arrived, e);
    }

    /** The error for a caller that got no connection in time. */
    PoolTimeoutException timedOut(Lane lane, long arrived, @Nullable Throwable cause) {
        Throwable reason = cause == null || cause.getCause() == null ? cause : cause.getCause();
        String known = lane.generations().why();
        String why = known != null
                ? known
                : reason == null ? null : "last failure: " + Objects.toString(reason.getMessage(), reason.toString());
        return new PoolTimeoutException(
                manager.key().toString(),
                Duration.ofNanos(System.nanoTime() - arrived),
                lane.stats(manager.mode().poolSize()),
                why,
                cause);
    }

    /** The error for a caller whom the gate did not let wait. */
    BulkheadFullException turnedAway(Lane lane, Gate.Refused refused, long deadline) {
        return new BulkheadFullException(
                manager.key().toString(),
                refused.expectedWait(),
                Duration.ofNanos(Math.max(0, deadline - System.nanoTime())),
                lane.stats(manager.mode().poolSize()));
    }
}
