// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A connection to one node by which it is changed; each of its answers is bounded. Not thread-safe. */
final class NodeSession implements AutoCloseable {

    private static final String READ_ONLY = "default_transaction_read_only";

    private final NodeAddress address;
    private final Connection connection;

    private NodeSession(NodeAddress address, Connection connection) {
        this.address = address;
        this.connection = connection;
    }

    /** @param bound of connecting, and of each answer */
    static NodeSession open(WatchedCluster cluster, NodeAddress address, Duration bound) throws SQLException {
        return new NodeSession(address, cluster.connect(address.id(), bound));
    }

    NodeAddress address() {
        return address;
    }

    /** Whether it was not found to be broken. */
    boolean isOpen() throws SQLException {
        return !connection.isClosed();
    }

    /** The first column. */
    List<String> list(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        } catch (SQLException e) {
            throw explained(e);
        }
        return values;
    }

    /** The first column of the first row, if there is one. */
    Optional<String> first(String sql) throws SQLException {
        return list(sql).stream().findFirst();
    }

    /** Whether that condition holds on it. */
    boolean is(String condition) throws SQLException {
        return first("SELECT " + condition).orElse("").equals("t");
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw explained(e);
        }
    }

    /** For all its sessions, those that are open included, from their next transaction on. */
    void makeReadOnly() throws SQLException {
        run("ALTER SYSTEM SET " + READ_ONLY + " = on");
        reload();
    }

    void endReadOnly() throws SQLException {
        run("ALTER SYSTEM RESET " + READ_ONLY);
        reload();
    }

    boolean isReadOnly() throws SQLException {
        return is("current_setting('" + READ_ONLY + "') = 'on'");
    }

    /** Where it streams from, as {@code host:port}; empty when it does not. */
    Optional<String> upstream() throws SQLException {
        return first("SELECT sender_host || ':' || sender_port FROM pg_stat_wal_receiver WHERE status = 'streaming'");
    }

    void reload() throws SQLException {
        first("SELECT pg_reload_conf()");
    }

    private SQLException explained(SQLException e) {
        return new SQLException("%s: %s (%s)".formatted(address, e.getMessage(), e.getSQLState()), e.getSQLState(), e);
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is gone already.
        }
    }
}
