// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the managers of one cluster connect to an ill node one at a time, and to a healthy one as they like: a server that starts
 * needs its processors itself. Ill is a node whose last connect failed by the node's own fault, until one succeeds. Thread-safe.
 */
final class ConnectTurns {

    /** Connects; blocks while it does. */
    @FunctionalInterface
    interface Connecting<C> {
        C connect() throws SQLException;
    }

    /** One node's. Whoever finds it ill holds the lock while it connects. */
    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock(true);
        private volatile boolean ill;
    }

    private final Duration patience;
    private final Map<NodeAddress, Turn> turns = new ConcurrentHashMap<>();

    ConnectTurns() {
        this(Duration.ofSeconds(10));
    }

    /** @param patience how long one waits for its turn */
    ConnectTurns(Duration patience) {
        this.patience = patience;
    }

    /** Blocks while it waits for its turn, then while it connects. */
    <C> C take(NodeAddress node, Connecting<C> connecting) throws SQLException {
        Turn turn = turns.computeIfAbsent(node, ill -> new Turn());
        if (!turn.ill) {
            return connect(turn, connecting);
        }
        lock(turn, node);
        try {
            return connect(turn, connecting);
        } finally {
            turn.lock.unlock();
        }
    }

    private void lock(Turn turn, NodeAddress node) throws SQLException {
        try {
            if (!turn.lock.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLTransientConnectionException(
                        "%s: it refuses connections, and others have been trying for %d ms"
                                .formatted(node, patience.toMillis()),
                        "08001");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(node + ": interrupted before it was connected to", "08001", e);
        }
    }

    private static <C> C connect(Turn turn, Connecting<C> connecting) throws SQLException {
        try {
            C connected = connecting.connect();
            turn.ill = false;
            return connected;
        } catch (SQLException e) {
            turn.ill |= SqlStates.tellsOfTheNode(e);
            throw e;
        }
    }
}
