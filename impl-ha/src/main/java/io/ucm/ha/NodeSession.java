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
import org.jspecify.annotations.Nullable;

/** A connection to one node by which it is changed; each of its answers is bounded. Not thread-safe. */
final class NodeSession implements AutoCloseable {

    /** The switchover that made the node read-only, or is about to, as it notes it there; null: none. */
    static final String SWITCHOVER = "nullif(current_setting('ucm.switchover', true), '')";

    private static final String NOTE = "ucm.switchover";
    private static final String READ_ONLY = "default_transaction_read_only";

    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final NodeAddress address;
    private final Connection connection;

    /** @param connection whose answers are bounded */
    NodeSession(NodeAddress address, Connection connection) {
        this.address = address;
        this.connection = connection;
    }

    /** @param bound of connecting, and of each answer */
    static NodeSession open(WatchedCluster cluster, NodeAddress address, Duration bound) throws SQLException {
        return new NodeSession(address, cluster.connect(address.id(), bound));
    }

    /** The first row. */
    <T> T ask(String sql, Reader<T> reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return reader.read(rows);
        } catch (SQLException e) {
            throw explained(e);
        }
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

    /** The first column of the first row; empty for null. */
    Optional<String> first(String sql) throws SQLException {
        return ask(sql, row -> Optional.ofNullable(row.getString(1)));
    }

    /** Whether that condition holds on it. */
    boolean is(String condition) throws SQLException {
        return ask("SELECT " + condition, row -> row.getBoolean(1));
    }

    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw explained(e);
        }
    }

    /**
     * For all its sessions, those that are open included, from their next transaction on. Where the role may, it is noted there
     * before, why: should this process end in between, nothing is left whose reason nobody knows.
     */
    void makeReadOnly(String switchover) throws SQLException {
        if (notes()) {
            // Servers before 17 take no name that is unknown.
            run("SET " + NOTE + " = ''");
            run("ALTER SYSTEM SET " + NOTE + " = '" + switchover.replace("'", "''") + "'");
            reload();
        }
        run("ALTER SYSTEM SET " + READ_ONLY + " = on");
        reload();
    }

    void endReadOnly() throws SQLException {
        run("ALTER SYSTEM RESET " + READ_ONLY);
        if (notes()) {
            run("SET " + NOTE + " = ''");
            run("ALTER SYSTEM RESET " + NOTE);
        }
        reload();
    }

    private boolean notes() throws SQLException {
        return is("has_parameter_privilege('" + NOTE + "', 'ALTER SYSTEM')");
    }

    /** The switchover that made it read-only, or is about to; null: none. */
    @Nullable
    String switchover() throws SQLException {
        return first("SELECT " + SWITCHOVER).orElse(null);
    }

    boolean isReadOnly() throws SQLException {
        return is("current_setting('" + READ_ONLY + "') = 'on'");
    }

    void reload() throws SQLException {
        run("SELECT pg_reload_conf()");
    }

    /** Without the statement, which may hold a password. */
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
