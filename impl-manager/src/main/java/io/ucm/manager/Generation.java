// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionPool;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/**
 * A pool with what it was built from, and the count of its connections that are lent out. Thread-safe.
 *
 * <p>Invariant: {@code state} is the number of borrows inside, plus {@link #RETIRED} once it is retired. Nobody enters
 * a retired generation; {@code drained} completes when the last one has left it.
 */
final class Generation {

    private static final long RETIRED = 1L << 62;

    /** How long a connection may take to say that it lives. */
    private static final int ANSWER_SECONDS = 1;

    private final Blueprint blueprint;
    private final ConnectionPool pool;
    private final Instant since = Instant.now();
    private final AtomicLong state = new AtomicLong();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final Set<PhysicalConnection> connections;
    private final BiConsumer<NodeAddress, SQLException> lost;

    /**
     * @param connections those that are open; who opens and closes them keeps it
     * @param lost told of each connection that broke, or could not be opened
     */
    Generation(
            Blueprint blueprint,
            ConnectionPool pool,
            Set<PhysicalConnection> connections,
            BiConsumer<NodeAddress, SQLException> lost) {
        this.blueprint = blueprint;
        this.pool = pool;
        this.connections = connections;
        this.lost = lost;
    }

    /** Opens the pool: blocks while the first connection is made. */
    static Generation open(Blueprint blueprint, BiConsumer<NodeAddress, SQLException> lost) throws SQLException {
        Set<PhysicalConnection> connections = ConcurrentHashMap.newKeySet();
        DriverSource source =
                new DriverSource(blueprint.connector(), blueprint.node(), blueprint.session(), connections, lost);
        return new Generation(
                blueprint, blueprint.pool().service().open(blueprint.poolSettings(), source), connections, lost);
    }

    /** One of its connections broke. */
    void lost(SQLException failure) {
        lost.accept(blueprint.node(), failure);
    }

    Blueprint blueprint() {
        return blueprint;
    }

    ConnectionPool pool() {
        return pool;
    }

    /**
     * A connection of its pool. One that was idle for longer is asked first, and closed when it does not answer. Blocks up
     * to the timeout, and a second for an answer.
     */
    Connection connection(Duration timeout, Duration validateAfterIdle) throws SQLException {
        long deadline = System.nanoTime() + timeout.toNanos();
        Connection lent = pool.getConnection(timeout);
        while (!lives(lent.unwrap(PhysicalConnection.class), validateAfterIdle)) {
            pool.evict(lent);
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SQLTransientConnectionException("no connection answers", "08001");
            }
            lent = pool.getConnection(Duration.ofNanos(left));
        }
        return lent;
    }

    private static boolean lives(PhysicalConnection connection, Duration validateAfterIdle) throws SQLException {
        return !connection.silentFor(validateAfterIdle) || connection.isValid(ANSWER_SECONDS);
    }

    /** Its connections that are lent out now. */
    List<Lent> lent() {
        return connections.stream()
                .map(PhysicalConnection::lent)
                .flatMap(Optional::stream)
                .toList();
    }

    /** When it was opened. */
    Instant since() {
        return since;
    }

    @Override
    public String toString() {
        return blueprint.session().key() + " at " + blueprint.node().id() + " on " + blueprint.pool();
    }

    /** Counts one borrow in; false when the generation is retired. */
    boolean enter() {
        for (long now = state.get(); now < RETIRED; now = state.get()) {
            if (state.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Counts one borrow out. */
    void exit() {
        if (state.decrementAndGet() == RETIRED) {
            drained.complete(null);
        }
    }

    /** Lets nobody in any more. Idempotent. */
    void retire() {
        for (long now = state.get(); now < RETIRED; now = state.get()) {
            if (state.compareAndSet(now, now + RETIRED)) {
                if (now == 0) {
                    drained.complete(null);
                }
                return;
            }
        }
    }

    int borrowed() {
        return (int) (state.get() & ~RETIRED);
    }

    /** Completes once, when it is retired and its last borrow has come back. */
    CompletableFuture<Void> drained() {
        return drained;
    }
}
