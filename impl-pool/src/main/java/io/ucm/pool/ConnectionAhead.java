// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool;

import io.ucm.spi.ConnectionSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the next connection while the library, which opens one at a time, pauses for 30 ms after the last one. Thread-safe.
 *
 * <p>Invariant: at most one is ahead, opened or being opened, and only if the pool has room for it; {@code next} and {@code
 * closed} are guarded by this object.
 */
final class ConnectionAhead implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionAhead.class);

    private final ConnectionSource source;
    private final IntSupplier missing;
    private final ThreadPoolExecutor opener;
    private @Nullable CompletableFuture<Connection> next;
    private boolean closed;

    /** @param missing how many connections fewer than it may have the pool has, that which is being opened included */
    ConnectionAhead(String pool, ConnectionSource source, IntSupplier missing) {
        this.source = source;
        this.missing = missing;
        this.opener = new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, pool + " connection ahead");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The one that is ready, or another one. Blocks while it is opened. */
    Connection open() throws SQLException {
        CompletableFuture<Connection> ready = take();
        Connection opened = ready == null || ready.isCompletedExceptionally() ? source.open() : result(ready);
        openNext();
        return opened;
    }

    private synchronized @Nullable CompletableFuture<Connection> take() {
        CompletableFuture<Connection> taken = next;
        next = null;
        return taken;
    }

    private synchronized void openNext() {
        if (closed || next != null || missing.getAsInt() < 2) {
            return;
        }
        try {
            next = CompletableFuture.supplyAsync(
                    () -> {
                        try {
                            return source.open();
                        } catch (SQLException e) {
                            throw new CompletionException(e);
                        }
                    },
                    opener);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed, and opens nothing ahead");
        }
    }

    private static Connection result(CompletableFuture<Connection> ready) throws SQLException {
        try {
            return ready.join();
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The pool may have become smaller: closes what it may have no room for. */
    synchronized void trim() {
        if (missing.getAsInt() < 2) {
            drop();
        }
    }

    /** Closes what is ahead, now or when it comes. */
    @Override
    public synchronized void close() {
        closed = true;
        drop();
        opener.shutdown();
    }

    private void drop() {
        CompletableFuture<Connection> dropped = next;
        next = null;
        if (dropped != null) {
            dropped.thenAccept(ConnectionAhead::close);
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection that nobody wanted could not be closed", e);
        }
    }
}
