// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Consumers of JDBC alone, 16 at once: each looks its DataSource up in the service registry for each transaction, which
 * inserts a row and takes 40 ms.
 */
final class PlainLoad implements AutoCloseable {

    private static final int THREADS = 16;
    private static final String FILTER = "(ucm.mode=ASYNC_MODERN)";

    private final BundleContext context;
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger notFound = new AtomicInteger();
    private final Queue<Throwable> killed = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    /** Begins at once; the table {@code plain} is made anew. */
    PlainLoad(BundleContext context, ContainerShell shell) throws Exception {
        this.context = context;
        shell.run("ucm:sql --mode ASYNC_MODERN 'DROP TABLE IF EXISTS plain'");
        shell.run("ucm:sql --mode ASYNC_MODERN 'CREATE TABLE plain (thread text, id int)'");
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(this::run, "plain-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void run() {
        for (int id = 0; !over; id++) {
            try {
                work(id);
            } catch (SQLException | InvalidSyntaxException | RuntimeException | LinkageError e) {
                killed.add(e);
            }
        }
    }

    private void work(int id) throws SQLException, InvalidSyntaxException {
        ServiceReference<DataSource> reference = context.getServiceReferences(DataSource.class, FILTER).stream()
                .findFirst()
                .orElse(null);
        DataSource source = reference == null ? null : context.getService(reference);
        if (source == null) {
            notFound.incrementAndGet();
            return;
        }
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO plain SELECT ?, ? FROM pg_sleep(0.04)")) {
                insert.setString(1, Thread.currentThread().getName());
                insert.setInt(2, id);
                insert.execute();
            }
            connection.commit();
            committed.incrementAndGet();
        } finally {
            context.ungetService(reference);
        }
    }

    /**
     * Fails with the first transaction that was killed.
     *
     * @param done what was done meanwhile, for the message
     */
    void assertNobodyWasKilled(Callable<String> done) throws Exception {
        if (!killed.isEmpty()) {
            throw new AssertionError(killed.size() + " killed, by " + done.call(), killed.peek());
        }
    }

    /** Ends, and fails where a transaction was killed, a service was not found, or a commit was lost or came twice. */
    void assertNobodyNoticed(ContainerShell shell) throws Exception {
        close();
        assertNobodyWasKilled(() -> "the end");
        assertEquals("look-ups without a service", 0, notFound.get());
        assertTrue(committed.get() > THREADS);
        String rows = shell.run(
                "ucm:sql --mode ASYNC_MODERN --json 'SELECT count(*), count(DISTINCT (thread, id)) FROM plain'");
        assertTrue(rows + " of " + committed, rows.contains("[[" + committed + "," + committed + "]]"));
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
