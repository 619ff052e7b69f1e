// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** What a borrower may change in the driver, without the server, and the next one must not see. In order of restoring. */
enum Setting {
    NETWORK_TIMEOUT {
        @Override
        Restore remember(Connection connection) throws SQLException {
            int before = connection.getNetworkTimeout();
            return c -> c.setNetworkTimeout(Runnable::run, before);
        }
    },
    DRIVER {
        @Override
        Restore remember(Connection connection) throws SQLException {
            return DriverExtras.remember(connection);
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
            Map<String, Class<?>> before = new HashMap<>(connection.getTypeMap());
            return c -> c.setTypeMap(before);
        }
    },
    /** Can't be changed within a transaction. */
    READ_ONLY {
        @Override
        Restore remember(Connection connection) throws SQLException {
            boolean before = connection.isReadOnly();
            return c -> c.setReadOnly(before);
        }
    };

    /** Puts one setting back as it was. */
    @FunctionalInterface
    interface Restore {
        void on(Connection connection) throws SQLException;
    }

    /** The way back to the value that the connection has now: no round trip. */
    abstract Restore remember(Connection connection) throws SQLException;
}
