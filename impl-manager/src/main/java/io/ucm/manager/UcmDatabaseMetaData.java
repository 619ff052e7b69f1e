// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Metadata of a {@link UcmConnection}: it ends with it, and leads back to it. */
@Forward(DatabaseMetaData.class)
final class UcmDatabaseMetaData extends ForwardingDatabaseMetaData {

    private final UcmConnection connection;
    private final DatabaseMetaData metaData;

    UcmDatabaseMetaData(UcmConnection connection, DatabaseMetaData metaData) {
        this.connection = connection;
        this.metaData = metaData;
    }

    @Override
    DatabaseMetaData delegate() throws SQLException {
        connection.ensureOpen();
        return metaData;
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
    Connection wrapped(Connection result) {
        return connection;
    }

    @Override
    ResultSet wrapped(ResultSet result) {
        return new UcmResultSet(connection, null, result);
    }

    @Override
    public int getDriverMajorVersion() {
        return metaData.getDriverMajorVersion();
    }

    @Override
    public int getDriverMinorVersion() {
        return metaData.getDriverMinorVersion();
    }
}
