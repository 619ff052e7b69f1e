// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.clients;

import io.ucm.container.UcmContainer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * The DataSource of mode ASYNC_MODERN, as an application takes it from the container; one container for all tests. After
 * each test it checks that nobody sits on a connection, and that the next borrower sees nothing of the last.
 */
final class Pool implements BeforeAllCallback, AfterEachCallback {

    private static final int CONNECTIONS = 12;

    private static final class Running implements AutoCloseable {

        private final UcmContainer container;
        private final DataSource dataSource;

        Running() {
            try {
                container = UcmContainer.start(Path.of(System.getProperty("ucm.test.home")), true);
                dataSource = container.dataSource("ASYNC_MODERN");
                dataSource.getConnection().close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() throws Exception {
            container.close();
        }
    }

    private Running running;

    DataSource dataSource() {
        return running.dataSource;
    }

    /** The first column of the first row. */
    String one(String sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running = context.getRoot()
                .getStore(Namespace.create(Pool.class))
                .getOrComputeIfAbsent(Running.class, type -> new Running(), Running.class);
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        Connection[] all = new Connection[CONNECTIONS];
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                all[i] = dataSource().getConnection();
                check(all[i]);
            }
        } finally {
            for (Connection each : all) {
                if (each != null) {
                    each.close();
                }
            }
        }
    }

    private static void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('search_path'),"
                        + " (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),"
                        + " (SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()),"
                        + " current_setting('transaction_isolation')")) {
            row.next();
            String left = "search_path %s, %s advisory locks, %s temporary tables, %s"
                    .formatted(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
            if (!connection.getAutoCommit()
                    || connection.isReadOnly()
                    || !left.equals(
                            "search_path \"$user\", public, 0 advisory locks, 0 temporary tables, read committed")) {
                throw new AssertionError("the last borrower left: " + left);
            }
        }
    }
}
