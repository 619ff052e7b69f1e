// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A statement of a {@link UcmConnection}: it ends with it, and leads back to it. */
@Forward(Statement.class)
class UcmStatement extends ForwardingStatement {

    private final UcmConnection connection;
    private final Statement statement;

    UcmStatement(UcmConnection connection, Statement statement) {
        this.connection = connection;
        this.statement = statement;
    }

    /** The driver's statement, while the connection is open. */
    final Statement statement() throws SQLException {
        connection.ensureOpen();
        return statement;
    }

    /** What it may leave behind when it runs without a text; texts in a batch were judged when they were added. */
    int effects() {
        return 0;
    }

    @Override
    Statement delegate() throws SQLException {
        return statement();
    }

    @Override
    Statement executing() throws SQLException {
        connection.executing(statement, effects());
        return statement;
    }

    @Override
    void executed() {
        connection.executed();
    }

    @Override
    Statement executing(String sql) throws SQLException {
        connection.executing(statement, connection.rules().effects(sql));
        return statement;
    }

    @Override
    <T> T unwrapped(Class<T> type, T part) throws SQLException {
        return connection.unwrapped(type, part);
    }

    @Override
    SQLException failed(SQLException e) {
        return connection.failed(e);
    }

    @Override
    Connection wrapped(Connection result) throws SQLException {
        if (isClosed()) {
            throw new SQLException("the statement is closed", "55000");
        }
        return connection;
    }

    @Override
    @Nullable
    ResultSet wrapped(@Nullable ResultSet result) {
        return result == null ? null : new UcmResultSet(connection, this, result);
    }

    @Override
    public void close() throws SQLException {
        connection.closed(statement);
        statement.close();
    }

    @Override
    public boolean isClosed() throws SQLException {
        return connection.isEnded() || statement.isClosed();
    }

    /** Results of it were closed, which may have closed it. */
    final void resultsClosed() throws SQLException {
        if (statement.isClosed()) {
            connection.closed(statement);
        }
    }

    final UcmConnection connection() {
        return connection;
    }

    @Override
    public String toString() {
        return "statement of " + connection;
    }
}
