// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection that is lent out: a permit of the gate, a place in its generation, and the pool's own connection.
 * Whoever holds it gives it back once.
 */
final class Borrow {

    private static final Logger LOG = LoggerFactory.getLogger(Borrow.class);

    private final Gate gate;
    private final Generation generation;
    private final Connection pooled;
    private final PhysicalConnection physical;
    private volatile boolean broken;

    /** @param pooled what the pool lent; it wraps a {@link PhysicalConnection} */
    Borrow(Gate gate, Generation generation, Connection pooled) throws SQLException {
        this.gate = gate;
        this.generation = generation;
        this.pooled = pooled;
        this.physical = pooled.unwrap(PhysicalConnection.class);
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

    /** Looks at a failure of the connection; hands it on. */
    SQLException failed(SQLException e) {
        if (SqlStates.endsConnection(e)) {
            broken = true;
            generation.lost(e);
        }
        return e;
    }

    /** The connection is closed when it is given back. */
    void spoil() {
        broken = true;
    }

    /**
     * From another thread than its user's: what runs is cancelled, and the connection is closed in place of its return.
     * Blocks for one connect to the server.
     */
    void takeBack() {
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
                generation.pool().evict(pooled);
            }
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.warn("{}: a connection to {} could not be returned", generation, physical.node(), e);
        } finally {
            generation.exit();
            gate.exit();
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
