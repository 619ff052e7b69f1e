// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** What a borrower may change through JDBC and the next one must not see. */
enum Setting {
    READ_ONLY {
        @Override
        Restore remember(Connection connection) throws SQLException {
            boolean before = connection.isReadOnly();
            return c -> c.setReadOnly(before);
        }
    },
    ISOLATION {
        @Override
        Restore remember(Connection connection) throws SQLException {
            int before = connection.getTransactionIsolation();
            return c -> c.setTransactionIsolation(before);
        }
    },
    SCHEMA {
        @Override
        Restore remember(Connection connection) throws SQLException {
            String before = searchPath(connection);
            return c -> {
                try (var statement = c.prepareStatement("SELECT set_config('search_path', ?, false)")) {
                    statement.setString(1, before);
                    statement.execute();
                }
            };
        }
    },
    HOLDABILITY {
        @Override
        Restore remember(Connection connection) throws SQLException {
            int before = connection.getHoldability();
            return c -> c.setHoldability(before);
        }
    },
    TYPE_MAP {
        @Override
        Restore remember(Connection connection) throws SQLException {
            Map<String, Class<?>> before = connection.getTypeMap();
            return c -> c.setTypeMap(before);
        }
    },
    NETWORK_TIMEOUT {
        @Override
        Restore remember(Connection connection) throws SQLException {
            int before = connection.getNetworkTimeout();
            return c -> c.setNetworkTimeout(Runnable::run, before);
        }
    };

    /** Puts one setting back as it was. */
    @FunctionalInterface
    interface Restore {
        void on(Connection connection) throws SQLException;
    }

    /** The way back to the value that the connection has now. */
    abstract Restore remember(Connection connection) throws SQLException;

    private static String searchPath(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SHOW search_path")) {
            result.next();
            return result.getString(1);
        }
    }
}
