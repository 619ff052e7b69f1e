// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionSource;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.function.BiConsumer;

/**
 * Opens the connections of one manager to one node, with the mode's limits as defaults of the server's session, so that
 * they hold whatever the client does.
 */
final class DriverSource implements ConnectionSource {

    private final Connector connector;
    private final NodeAddress node;
    private final SessionSettings session;
    private final Properties properties;
    private final Connections connections;
    private final BiConsumer<NodeAddress, SQLException> lost;

    /**
     * @param connections where those that are open are kept
     * @param lost told of each that could not be opened
     */
    DriverSource(
            Connector connector,
            NodeAddress node,
            SessionSettings session,
            Connections connections,
            BiConsumer<NodeAddress, SQLException> lost) {
        this.connector = connector;
        this.node = node;
        this.session = session;
        this.properties = properties(session);
        this.connections = connections;
        this.lost = lost;
    }

    @Override
    public Connection open() throws SQLException {
        int epoch = connections.epoch();
        int alarm = connections.alarm();
        Connection raw = connect();
        try (Statement statement = raw.createStatement()) {
            // The driver sends the JVM's zone when it connects; nothing in the start-up message overrides that.
            statement.execute("SET SESSION TIME ZONE 'UTC'");
            raw.setReadOnly(session.readOnly());
            return new PhysicalConnection(raw, node, connections, epoch, alarm);
        } catch (SQLException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    private Connection connect() throws SQLException {
        try {
            return connector.connect(node, session.user(), session.password(), properties);
        } catch (SQLException e) {
            connections.refused(e);
            // A wrong password, a role's own limit: they say nothing of the node.
            if (SqlStates.endsConnection(e)) {
                lost.accept(node, e);
            }
            throw e;
        }
    }

    private static Properties properties(SessionSettings session) {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ucm/" + session.key());
        properties.setProperty(
                "options",
                "-c statement_timeout=" + ms(session.statementTimeout())
                        + " -c lock_timeout=" + ms(session.lockTimeout())
                        + " -c idle_in_transaction_session_timeout=" + ms(session.idleInTransactionTimeout())
                        + " -c default_transaction_read_only=" + (session.readOnly() ? "on" : "off")
                        + " -c synchronous_commit=on");
        return properties;
    }

    private static long ms(Duration timeout) {
        return timeout.toMillis();
    }
}
