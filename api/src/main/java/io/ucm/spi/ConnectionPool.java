// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import io.ucm.api.PoolStats;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Lends the connections that one {@link ConnectionSource} opened. Thread-safe.
 *
 * <p>It opens as many connections as its size says by itself, whether or not anybody asks for one, and replaces those
 * that go: the manager lets in as many callers as there are connections, and nobody else would make it open more. When one
 * is renewed is the manager's affair.
 *
 * <p>A connection that it lends is returned by {@link Connection#close()}, and its {@code unwrap(Class)} finds the
 * object that the source opened. The manager resets the session before it returns a connection, and lets no more
 * callers through than the pool has connections: the pool itself need not be fair, nor look at errors, nor at age.
 */
@ConsumerType
public interface ConnectionPool extends AutoCloseable {

    /**
     * A connection; whether it lives, the manager asks. Blocks up to the timeout, then throws a
     * {@link java.sql.SQLTransientConnectionException} whose cause is the last failure to connect, if there was one.
     */
    Connection getConnection(Duration timeout) throws SQLException;

    /** Closes a lent connection for good, in place of its return, and makes room for a new one. */
    void evict(Connection lent);

    /**
     * From now on it holds that many connections open: opens what is missing in the background, closes what is idle beyond
     * it. What is lent beyond it is closed when it comes back, or by a later call. May block while it closes, not while it
     * opens.
     */
    void resize(int size);

    /** The figures now; {@code pending} counts the threads inside {@link #getConnection}. */
    PoolStats stats();

    /** Closes every connection, also those that are still lent. Idempotent. */
    @Override
    void close();
}
