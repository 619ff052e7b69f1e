// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A consumer that cleans up nothing: when its bundle stops, a write runs, and a plain connection is out. */
public final class ConsumerActivator implements BundleActivator {

    /** What its write runs on the server. */
    static final String STATEMENT = "SELECT pg_sleep(601)";

    private CompletionStage<Boolean> running;
    private Connection kept;

    @Override
    public void start(BundleContext context) throws Exception {
        ConnectionManager manager =
                context.getService(context.getServiceReferences(ConnectionManager.class, "(ucm.mode=ADMIN)")
                        .iterator()
                        .next());
        running = manager.write(
                connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.execute(STATEMENT);
                    }
                },
                CallOptions.DEFAULT.withDeadline(Duration.ofMinutes(20)));
        kept = manager.dataSource().getConnection();
        kept.setAutoCommit(false);
        try (Statement statement = kept.createStatement()) {
            statement.execute("SELECT 1");
        }
    }

    @Override
    public void stop(BundleContext context) {
        // It forgets to.
    }
}
