// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A result set that leads back to the statement it came from. It ends with it, and with the connection. */
@Forward(ResultSet.class)
final class UcmResultSet extends ForwardingResultSet {

    private final UcmConnection connection;
    private final @Nullable UcmStatement owner;
    private final ResultSet results;

    /** @param owner the statement that it came from; null when the driver made one for metadata */
    UcmResultSet(UcmConnection connection, @Nullable UcmStatement owner, ResultSet results) {
        this.connection = connection;
        this.owner = owner;
        this.results = results;
    }

    @Override
    ResultSet delegate() throws SQLException {
        connection.used();
        connection.ensureOpen();
        return results;
    }

    @Override
    public void close() throws SQLException {
        results.close();
        if (owner != null) {
            owner.resultsClosed();
        }
    }

    @Override
    public boolean isClosed() throws SQLException {
        return connection.isEnded() || results.isClosed();
    }

    @Override
    ResultSetMetaData wrapped(ResultSetMetaData metaData) {
        return new UcmResultSetMetaData(connection, metaData);
    }

    @Override
    <T> T unwrapped(Class<T> type, T part) throws SQLException {
        return connection.unwrapped(type, part);
    }

    @Override
    public void insertRow() throws SQLException {
        connection.writing();
        super.insertRow();
    }

    @Override
    public void updateRow() throws SQLException {
        connection.writing();
        super.updateRow();
    }

    @Override
    public void deleteRow() throws SQLException {
        connection.writing();
        super.deleteRow();
    }

    @Override
    SQLException failed(SQLException e) {
        return connection.failed(e);
    }

    @Override
    @Nullable
    Statement wrapped(Statement result) {
        return owner;
    }

    @Override
    @Nullable
    Blob wrapped(@Nullable Blob blob) {
        return connection.wrapped(blob);
    }

    @Override
    @Nullable
    Clob wrapped(@Nullable Clob clob) {
        return connection.wrapped(clob);
    }

    @Override
    @Nullable
    NClob wrapped(@Nullable NClob clob) {
        return connection.wrapped(clob);
    }
}
