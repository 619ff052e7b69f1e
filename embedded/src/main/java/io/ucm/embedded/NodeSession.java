// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * A connection to one node, whose connecting and each of whose answers are bounded. Not thread-safe. It goes by a
 * private copy of the driver, so that the faults work while the driver that everybody uses is exchanged.
 */
final class NodeSession implements AutoCloseable {

    private static final Driver DRIVER = unregistered();

    private final Connection connection;

    private NodeSession(Connection connection) {
        this.connection = connection;
    }

    /** A driver that the JDK's list doesn't know: what is on it, never goes. */
    private static Driver unregistered() {
        Driver driver = new Driver();
        try {
            if (Driver.isRegistered()) {
                Driver.deregister();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return driver;
    }

    /** The bound is in whole seconds. */
    static NodeSession open(PostgresNode node, Credentials role, Duration bound) throws SQLException {
        String seconds = Long.toString(bound.toSeconds());
        Properties properties = new Properties();
        properties.put("user", role.user());
        properties.put("password", role.password());
        properties.put("connectTimeout", seconds);
        properties.put("socketTimeout", seconds);
        properties.put("sslmode", "disable");
        properties.put("gssEncMode", "disable");
        properties.put("ApplicationName", "ucm-embedded");
        Connection opened = DRIVER.connect("jdbc:postgresql://127.0.0.1:" + node.port() + "/ucm", properties);
        if (opened == null) {
            throw new SQLException(node.id() + ": the driver knows no jdbc:postgresql addresses", "08001");
        }
        return new NodeSession(opened);
    }

    /** The first column of the first row; empty for none and for null. */
    String ask(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            String value = rows.next() ? rows.getString(1) : null;
            return value == null ? "" : value;
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
