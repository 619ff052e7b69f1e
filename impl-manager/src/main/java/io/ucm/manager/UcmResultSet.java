// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A result set that leads back to the statement it came from. It ends with the driver's statement. */
@Forward(ResultSet.class)
final class UcmResultSet extends ForwardingResultSet {

    private final UcmConnection connection;
    private final @Nullable Statement owner;
    private final ResultSet results;

    /** @param owner the statement that it came from; null when the driver made one for metadata */
    UcmResultSet(UcmConnection connection, @Nullable Statement owner, ResultSet results) {
        this.connection = connection;
        this.owner = owner;
        this.results = results;
    }

    @Override
    ResultSet delegate() {
        connection.used();
        return results;
    }

    @Override
    <T> T unwrapped(T part) throws SQLException {
        connection.unwrapped();
        return part;
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
}
