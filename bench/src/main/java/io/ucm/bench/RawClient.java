// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first moment at which a node takes a write: tries one on a plain connection, and 5 ms after each failure once
 * more, until one is acknowledged. Keeps its connection while that is open, so it is no later than whoever must connect.
 */
final class RawClient implements AutoCloseable {

    private static final long PAUSE_MS = 5;

    /** Where it connects to. */
    interface Node {

        Connection connect() throws SQLException;
    }

    /** A write, which is committed when this returns. */
    interface Write {

        void on(Connection connection) throws SQLException;
    }

    private final Node node;
    private final Write write;
    private final CompletableFuture<Long> first = new CompletableFuture<>();
    private final Thread thread = new Thread(this::live, "raw-client");

    private volatile @Nullable Connection connection;

    private RawClient(Node node, Write write) {
        this.node = node;
        this.write = write;
    }

    static RawClient start(Node node, Write write) {
        RawClient client = new RawClient(node, write);
        client.thread.setDaemon(true);
        client.thread.start();
        return client;
    }

    /** The moment, in nanoseconds of this JVM's clock; blocks until then, and fails after that time. */
    long first(Duration limit) throws InterruptedException, ExecutionException {
        try {
            return first.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the node took no write within %d ms".formatted(limit.toMillis()), e);
        }
    }

    private void live() {
        while (!first.isDone()) {
            try {
                write.on(open());
                first.complete(System.nanoTime());
            } catch (SQLException e) {
                try {
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
                } catch (InterruptedException interrupted) {
                    break;
                }
            }
        }
        abort();
    }

    private Connection open() throws SQLException {
        Connection now = connection;
        if (now == null || now.isClosed()) {
            now = node.connect();
            connection = now;
        }
        return now;
    }

    private void abort() {
        Connection last = connection;
        if (last != null) {
            try {
                last.abort(Runnable::run);
            } catch (SQLException e) {
                // It is not used any more.
            }
        }
    }

    /** Ends it, even while it waits for an answer. */
    @Override
    public void close() {
        first.cancel(false);
        abort();
        thread.interrupt();
    }
}
