// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionPool;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.PoolSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * A pool with what it was built from, and the count of its connections that are lent out. Thread-safe.
 *
 * <p>Invariant: {@code state} is the number of borrows inside, plus {@link #RETIRED} once it is retired. Nobody enters
 * a retired generation; {@code drained} completes when the last one has left it. The pool holds {@code size} connections or
 * more, where it can open them, whoever changes either at the same time.
 */
final class Generation {

    private static final long RETIRED = 1L << 62;

    private final Blueprint blueprint;
    private final ConnectionPool pool;
    private final Instant since = Instant.now();
    private final HotCounter state = new HotCounter();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final Connections connections;
    private final Renewal renewal;
    private final BiConsumer<NodeAddress, SQLException> lost;
    /** Guards the sizes of the pool and of this; nothing else is locked under it. */
    private final Object sizing = new Object();

    private volatile int size;
    private volatile int borrowedAtRetirement;

    /** @param size how many of its connections may be lent at a time */
    Generation(
            Blueprint blueprint,
            ConnectionPool pool,
            Connections connections,
            Renewal renewal,
            int size,
            BiConsumer<NodeAddress, SQLException> lost) {
        this.blueprint = blueprint;
        this.pool = pool;
        this.connections = connections;
        this.renewal = renewal;
        this.size = size;
        this.lost = lost;
    }

    /**
     * Opens the pool: blocks while the first connection is made.
     *
     * @param size with how many connections
     * @param background closes sessions that were replaced
     * @param lost told of each connection that broke, or could not be opened
     */
    static Generation open(
            Blueprint blueprint, int size, Executor background, BiConsumer<NodeAddress, SQLException> lost)
            throws SQLException {
        Connections connections = new Connections(background);
        DriverSource source = new DriverSource(blueprint, connections, lost);
        PoolSettings settings = blueprint.poolSettings(size);
        ConnectionPool pool = blueprint.pool().service().open(settings, source);
        Renewal renewal = new Renewal(settings.name(), connections, source);
        return new Generation(blueprint, pool, connections, renewal, size, lost);
    }

    /** Whether what it opens can be used: asks the server through the pool. Blocks up to the limit. */
    void prove(Duration limit) throws SQLException {
        try (Connection connection = pool.getConnection(limit)) {
            if (!connection.isValid((int) Math.max(1, limit.toSeconds()))) {
                throw new SQLException(
                        "what %s opens to %s does not answer".formatted(blueprint.pool(), blueprint.node()), "08006");
            }
        }
    }

    /** See {@link Renewal#run}. */
    void renew(Duration lifetime) {
        renewal.run(lifetime);
    }

    /** One of its connections broke. */
    void lost(SQLException failure) {
        connections.raiseAlarm();
        lost.accept(blueprint.node(), failure);
    }

    /** Its node has lost the role that it is there for. */
    void roleLost(SQLException failure) {
        connections.endEpoch();
        lost.accept(blueprint.node(), failure);
    }

    Blueprint blueprint() {
        return blueprint;
    }

    ConnectionPool pool() {
        return pool;
    }

    Connections connections() {
        return connections;
    }

    /** How many callers can have a connection of it at a time, now. */
    int capacity() {
        return Math.min(connections.size(), size);
    }

    /** How many of its connections may be lent at a time, once they are open. */
    int size() {
        return size;
    }

    /** So many may be lent at a time from now on; what is missing is opened in the background. */
    void limit(int changed) {
        synchronized (sizing) {
            if (changed > pool.stats().max()) {
                pool.resize(changed);
            }
            size = changed;
        }
    }

    /** Closes what is idle beyond that many, and beyond what may be lent. May block while it closes. */
    void closeBeyond(int enough) {
        synchronized (sizing) {
            pool.resize(Math.max(enough, size));
        }
    }

    /** Its connections that are lent out now. */
    List<Lent> lent() {
        return connections.lent();
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
        boolean entered = state.add(1) < RETIRED;
        if (!entered) {
            exit();
        }
        return entered;
    }

    /**
     * Whether there is a connection for each who is inside. Not so for a moment when it was opened smaller than the one before it,
     * whose callers had got their permits.
     */
    boolean hasPlace() {
        return borrowed() <= size;
    }

    /** Counts one borrow out. */
    void exit() {
        if (state.add(-1) == RETIRED) {
            drained.complete(null);
        }
    }

    /** Lets nobody in any more. Idempotent. */
    void retire() {
        for (long now = state.get(); now < RETIRED; now = state.get()) {
            if (state.compareAndSet(now, now + RETIRED)) {
                borrowedAtRetirement = (int) now;
                if (now == 0) {
                    drained.complete(null);
                }
                return;
            }
        }
    }

    /** How many of its connections were out when it was retired. */
    int borrowedAtRetirement() {
        return borrowedAtRetirement;
    }

    /** How many of its connections are out. */
    int borrowed() {
        return (int) (state.get() & ~RETIRED);
    }

    /** Completes once, when it is retired and its last borrow has come back. */
    CompletableFuture<Void> drained() {
        return drained;
    }
}
