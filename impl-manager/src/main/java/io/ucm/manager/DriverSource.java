// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionSource;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.ResultSet;
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

    /** The driver sends the JVM's zone when it connects; nothing in the start-up message overrides that. */
    private static final String BEGIN = "SET SESSION TIME ZONE 'UTC';"
            + " SELECT current_setting('default_transaction_isolation') = 'serializable', " + Backend.SELF;

    private final Connector connector;
    private final NodeAddress node;
    private final SessionSettings session;
    private final Credentials credentials;
    private final ConnectTurns turns;
    private final Properties properties;
    private final Connections connections;
    private final BiConsumer<NodeAddress, SQLException> lost;

    /**
     * @param connections where those that are open are kept
     * @param lost told of each that could not be opened
     */
    DriverSource(Blueprint blueprint, Connections connections, BiConsumer<NodeAddress, SQLException> lost) {
        this.connector = blueprint.connector();
        this.node = blueprint.node();
        this.session = blueprint.session();
        this.credentials = blueprint.credentials();
        this.turns = blueprint.turns();
        this.properties = properties(session);
        this.connections = connections;
        this.lost = lost;
    }

    @Override
    public Connection open() throws SQLException {
        long begun = System.nanoTime();
        ServerSession opened = openSession(false);
        connections.connected(System.nanoTime() - begun);
        return new PhysicalConnection(opened, node, connections);
    }

    /**
     * A new session on the server. Blocks while it connects.
     *
     * @param newest only with the password that is configured now
     */
    ServerSession openSession(boolean newest) throws SQLException {
        int epoch = connections.epoch();
        int alarm = connections.alarm();
        Credentials.Opened opened = connect(newest);
        Connection raw = opened.connection();
        try {
            return begin(raw, epoch, alarm, opened.password());
        } catch (SQLException | RuntimeException e) {
            raw.close();
            throw e;
        }
    }

    /** One round trip. What is not told is taken for the worst. */
    private ServerSession begin(Connection raw, int epoch, int alarm, int password) throws SQLException {
        Backend backend = Backend.UNKNOWN;
        boolean serializable = true;
        try (Statement statement = raw.createStatement()) {
            statement.execute(BEGIN);
            if (statement.getMoreResults()) {
                try (ResultSet answer = statement.getResultSet()) {
                    if (answer.next()) {
                        serializable = answer.getBoolean(1);
                        backend = new Backend(answer.getInt(2), answer.getString(3));
                    }
                }
            }
        }
        raw.setReadOnly(session.readOnly());
        return new ServerSession(raw, epoch, alarm, password, backend, serializable);
    }

    /** The number of the password that is configured now. */
    int password() {
        return credentials.number();
    }

    private Credentials.Opened connect(boolean newest) throws SQLException {
        try {
            return turns.take(
                    node,
                    () -> credentials.open(
                            newest, password -> connector.connect(node, session.user(), password, properties)));
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
        String name = "ucm/" + session.key();
        properties.setProperty("ApplicationName", name);
        properties.setProperty(
                "options",
                "-c statement_timeout=" + ms(session.statementTimeout())
                        + " -c lock_timeout=" + ms(session.lockTimeout())
                        + " -c idle_in_transaction_session_timeout=" + ms(session.idleInTransactionTimeout())
                        + " -c default_transaction_read_only=" + (session.readOnly() ? "on" : "off")
                        + " -c synchronous_commit=on"
                        // The driver sets it once it is connected: RESET ALL would go back to nothing.
                        + " -c application_name=" + name.replaceAll("([\\\\\\s])", "\\\\$1"));
        return properties;
    }

    private static long ms(Duration timeout) {
        return timeout.toMillis();
    }
}
