// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.BulkheadFullException;
import io.ucm.api.CircuitOpenException;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.Priority;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lends the connections of one manager: through the gate of a lane, from what serves behind it. Thread-safe. */
final class Lender {

    /** How long a caller waits in the pool before it looks whether that still serves. */
    private static final Duration POOL_WAIT = Duration.ofMillis(200);

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
        Lane first = manager.lane(movable);
        throwOpen(first);
        if (first.gate().enterAtOnce(consumer)) {
            Borrow borrow = borrowUnlessOpen(first, null, consumer, arrived, arrived, deadline);
            if (borrow != null) {
                return borrow;
            }
        }
        return waitAndBorrow(consumer, priority, movable, arrived, deadline);
    }

    private Borrow waitAndBorrow(Consumer consumer, Priority priority, boolean movable, long arrived, long deadline)
            throws SQLException {
        Parked caller = new Parked(consumer, Thread.currentThread(), deadline, movable);
        Lane before = null;
        try {
            while (true) {
                Lane lane = manager.lane(movable);
                throwOpen(lane);
                Gate.Entry entry = lane.gate().enter(priority, caller, deadline);
                Lane other = entry instanceof Gate.Refused ? manager.besides(lane) : null;
                if (other != null) {
                    lane = other;
                    entry = lane.gate().enter(priority, caller, deadline);
                }
                if (entry instanceof Ticket ticket) {
                    entry = await(lane, caller, ticket);
                }
                if (entry == Gate.Verdict.INSIDE) {
                    Borrow borrow = borrowUnlessOpen(lane, before, consumer, arrived, System.nanoTime(), deadline);
                    if (borrow != null) {
                        return borrow;
                    }
                    before = lane;
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

    /**
     * The same as {@link #borrowInside}, or null where the breaker of a replica turns it away and another node may not.
     *
     * @param before the lane that gave nothing before; null: none
     */
    private @Nullable Borrow borrowUnlessOpen(
            Lane lane, @Nullable Lane before, Consumer consumer, long arrived, long now, long deadline)
            throws SQLException {
        try {
            return borrowInside(lane, consumer, arrived, now, deadline, false);
        } catch (CircuitOpenException e) {
            if (lane.toPrimary() || lane == before) {
                throw e;
            }
            return null;
        }
    }

    private Gate.Entry await(Lane lane, Parked caller, Ticket ticket) throws InterruptedException {
        boolean elsewhere = caller.isMovable() && manager.isBetterElsewhere(lane) && ticket.leave();
        return elsewhere ? Gate.Verdict.ELSEWHERE : caller.await(ticket);
    }

    private SQLException notInside(Lane lane, Consumer consumer, Gate.Entry entry, long arrived, long deadline) {
        if (entry instanceof Gate.Refused refused) {
            return turnedAway(lane, refused, deadline);
        }
        return consumer.ended() ? consumer.gone(manager.key()) : timedOut(lane, arrived, null);
    }

    /**
     * Borrows with a permit of the lane's gate in hand. The permit goes on with the borrow; without one, it is given back.
     * The clock is read by who calls: that is a good part of what a borrow costs.
     *
     * @param arrived when the caller came, for messages
     * @param now when it got the permit
     * @param anyway whether no breaker turns it away; else one that does is a {@link CircuitOpenException}
     * @return null when the lane has nothing that serves now
     */
    @Nullable
    Borrow borrowInside(Lane lane, Consumer consumer, long arrived, long now, long deadline, boolean anyway)
            throws SQLException {
        Generations generations = lane.generations();
        for (Generation from = generations.current(); from != null; from = generations.current()) {
            if (!from.enter()) {
                continue;
            }
            if (!from.hasPlace()) {
                from.exit();
                lane.gate().exitOfLost(consumer, now);
                return null;
            }
            NodeAddress node = from.blueprint().node();
            long leave = anyway ? LaneBreaker.FREE : lane.breaker().enter(node);
            if (leave < 0) {
                from.exit();
                lane.gate().exit(consumer, now);
                if (!lane.toPrimary()) {
                    lane.avoid();
                }
                throw circuitOpen(node, -leave, null);
            }
            try {
                return borrowFrom(lane, from, consumer, now, deadline, leave);
            } catch (SQLException | RuntimeException | Error e) {
                lane.breaker().interrupted(node, leave, 0);
                from.exit();
                if (generations.current() == from) {
                    lane.gate().exit(consumer, now);
                    if (!lane.toPrimary()) {
                        lane.avoid();
                        return null;
                    }
                    throw refused(lane, arrived, e);
                }
            }
        }
        lane.gate().exit(consumer, now);
        if (manager.generations().isClosed()) {
            throw closed();
        }
        return null;
    }

    private void throwOpen(Lane lane) throws CircuitOpenException {
        CircuitOpenException open = circuitOpen(lane, null);
        if (open != null) {
            throw open;
        }
    }

    /**
     * The error for a caller whom the breaker of the lane's node turns away now; null: it does not.
     *
     * @param last how the caller's last try ended; null when this is its first
     */
    @Nullable
    CircuitOpenException circuitOpen(Lane lane, @Nullable Throwable last) {
        Generation now = lane.retryAfter() == 0 ? null : lane.generations().current();
        if (now == null) {
            return null;
        }
        NodeAddress node = now.blueprint().node();
        long leave = lane.breaker().enter(node);
        if (leave > 0) {
            lane.breaker().interrupted(node, leave, 0);
            return null;
        }
        return circuitOpen(node, -leave, last);
    }

    private CircuitOpenException circuitOpen(NodeAddress node, long nanos, @Nullable Throwable last) {
        return new CircuitOpenException(manager.key().toString(), node.toString(), Duration.ofNanos(nanos), last);
    }

    /**
     * The next connection that may be lent: one that is not trusted, or was idle for long, is asked first, and closed if it
     * does not answer.
     */
    private Borrow borrowFrom(Lane lane, Generation from, Consumer consumer, long begun, long deadline, long leave)
            throws SQLException {
        Connections siblings = from.connections();
        Duration idle = manager.settings().care().validateAfterIdle();
        long now = begun;
        while (true) {
            Connection pooled = connection(lane, from, now, deadline);
            boolean lent = false;
            try {
                PhysicalConnection physical = pooled.unwrap(PhysicalConnection.class);
                physical.take();
                lent = siblings.trusts(physical) && !physical.silentFor(idle, now)
                        || siblings.verify(physical, VERIFY_SECONDS);
                if (lent) {
                    return new Borrow(lane, consumer, from, pooled, physical, now, leave);
                }
                physical.condemn();
            } finally {
                if (!lent) {
                    from.pool().evict(pooled);
                }
            }
            now = System.nanoTime();
            if (deadline - now <= 0) {
                throw new SQLTransientConnectionException("no connection answers", "08001");
            }
        }
    }

    /**
     * In short waits, so that nobody goes on waiting in a pool that does not serve any more; and only one of them on a
     * replica, because the primary can serve too.
     */
    private static Connection connection(Lane lane, Generation from, long begun, long deadline) throws SQLException {
        long now = begun;
        while (true) {
            long left = deadline - now;
            try {
                return from.pool()
                        .getConnection(left >= POOL_WAIT.toNanos() ? POOL_WAIT : Duration.ofNanos(Math.max(1, left)));
            } catch (SQLTransientConnectionException e) {
                long asked = now;
                now = System.nanoTime();
                boolean waited = now - asked >= POOL_WAIT.toNanos();
                if (!waited
                        || !lane.toPrimary()
                        || deadline - now <= 0
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

    /** The error for a caller who waited for so long that a statement which was ended by its limit can't run again. */
    BulkheadFullException turnedAway(Lane lane, Gate.Refused refused, long waited, long deadline, Throwable cutShort) {
        return new BulkheadFullException(
                manager.key().toString(),
                refused.expectedWait(),
                Duration.ofNanos(waited),
                Duration.ofNanos(Math.max(0, deadline - System.nanoTime())),
                lane.stats(manager.mode().poolSize()),
                cutShort);
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
