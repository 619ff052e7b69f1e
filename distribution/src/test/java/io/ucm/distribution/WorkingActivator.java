// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import javax.sql.DataSource;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * An application that works on a DataSource without a break until it stops, and counts how often it was done and how often
 * not in system properties, because its class loader may change.
 */
public final class WorkingActivator implements BundleActivator {

    static final String DONE = "test.working.done";
    static final String FAILED = "test.working.failed";

    private Thread worker;

    @Override
    public void start(BundleContext context) throws Exception {
        DataSource source = context.getService(context.getServiceReferences(DataSource.class, "(ucm.mode=ASYNC_MODERN)")
                .iterator()
                .next());
        worker = new Thread(() -> work(source), "working");
        worker.start();
    }

    private void work(DataSource source) {
        while (!Thread.currentThread().isInterrupted()) {
            try (Connection connection = source.getConnection();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT 7")) {
                // A name of the driver's, which no consumer has to know.
                Class.forName("org.postgresql.util.PGobject", false, getClass().getClassLoader());
                rows.next();
                count(DONE);
            } catch (Exception | LinkageError e) {
                if (!Thread.currentThread().isInterrupted()) {
                    count(FAILED);
                    e.printStackTrace();
                }
            }
        }
    }

    private static void count(String what) {
        System.getProperties().merge(what, 1, (before, one) -> (int) before + 1);
    }

    @Override
    public void stop(BundleContext context) throws Exception {
        worker.interrupt();
        worker.join();
    }
}
