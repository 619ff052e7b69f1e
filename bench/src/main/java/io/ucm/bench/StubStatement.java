// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.forwarder.Forward;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/**
 * A statement of a {@link StubConnection}: one row with one number, which depends on its one parameter; no row where the
 * text asks the catalog, in which there is nothing.
 */
@Forward(PreparedStatement.class)
final class StubStatement extends ForwardingPreparedStatement {

    private final StubConnection connection;
    private final boolean catalog;
    private long parameter;
    private boolean closed;
    private @Nullable StubResultSet results;

    StubStatement(StubConnection connection, String sql) {
        this.connection = connection;
        this.catalog = sql.contains("pg_");
    }

    @Override
    PreparedStatement delegate() throws SQLException {
        throw new SQLFeatureNotSupportedException("the stub does not need it");
    }

    @Override
    public void setLong(int index, long value) throws SQLException {
        ensureOpen();
        parameter = value;
    }

    @Override
    public void setString(int index, String value) throws SQLException {
        ensureOpen();
    }

    @Override
    public void setArray(int index, Array value) throws SQLException {
        ensureOpen();
    }

    @Override
    public ResultSet executeQuery() throws SQLException {
        ensureOpen();
        StubResultSet made = new StubResultSet(this, catalog, catalog ? 0 : connection.query(parameter));
        results = made;
        return made;
    }

    @Override
    public boolean execute(String sql) throws SQLException {
        ensureOpen();
        if (sql.contains("RESET ALL")) {
            connection.resetAll();
        }
        return false;
    }

    @Override
    public boolean getMoreResults() {
        return false;
    }

    @Override
    public Connection getConnection() {
        return connection;
    }

    @Override
    public void close() {
        closed = true;
        StubResultSet left = results;
        if (left != null) {
            left.close();
        }
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void setQueryTimeout(int seconds) {}

    @Override
    public @Nullable SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {}

    @Override
    public void cancel() {}

    private void ensureOpen() throws SQLException {
        if (closed) {
            throw new SQLException("the statement is closed", "55000");
        }
    }
}
