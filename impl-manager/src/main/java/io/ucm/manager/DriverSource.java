// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ModeProfile;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Opens the connections of one manager to one node, with the mode's limits as defaults of the server's session, so that
 * they hold whatever the client does.
 */
final class DriverSource implements ConnectionSource {

    private final Connector connector;
    private final NodeAddress node;
    private final ModeSettings mode;
    private final Properties session;
    private final Set<PhysicalConnection> connections;
    private final BiConsumer<NodeAddress, SQLException> lost;

    /**
     * @param connections where those that are open are kept
     * @param lost told of each that could not be opened
     */
    DriverSource(
            Connector connector,
            NodeAddress node,
            ModeSettings mode,
            Set<PhysicalConnection> connections,
            BiConsumer<NodeAddress, SQLException> lost) {
        this.connector = connector;
        this.node = node;
        this.mode = mode;
        this.session = session(mode);
        this.connections = connections;
        this.lost = lost;
    }

    @Override
    public Connection open() throws SQLException {
        Connection raw = connect();
        try (Statement statement = raw.createStatement()) {
            // The driver sends the JVM's zone when it connects; nothing in the start-up message overrides that.
            statement.execute("SET SESSION TIME ZONE 'UTC'");
            raw.setReadOnly(mode.profile().readOnly());
            return new PhysicalConnection(raw, node, connections);
        } catch (SQLException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    private Connection connect() throws SQLException {
        try {
            return connector.connect(node, mode.user(), mode.password(), session);
        } catch (SQLException e) {
            // A wrong password, a role's own limit: they say nothing of the node.
            if (SqlStates.endsConnection(e)) {
                lost.accept(node, e);
            }
            throw e;
        }
    }

    private static Properties session(ModeSettings mode) {
        ModeProfile profile = mode.profile();
        Properties properties = new Properties();
        String name = "ucm/" + mode.key();
        properties.setProperty("ApplicationName", name);
        properties.setProperty(
                "options",
                "-c statement_timeout=" + ms(profile.statementTimeout())
                        + " -c lock_timeout=" + ms(profile.lockTimeout())
                        + " -c idle_in_transaction_session_timeout=" + ms(profile.idleInTransactionTimeout())
                        + " -c default_transaction_read_only=" + (profile.readOnly() ? "on" : "off")
                        + " -c synchronous_commit=on"
                        // The driver sets it once it is connected: RESET ALL would go back to nothing.
                        + " -c application_name=" + name.replaceAll("([\\\\\\s])", "\\\\$1"));
        return properties;
    }

    private static long ms(Duration timeout) {
        return timeout.toMillis();
    }
}
