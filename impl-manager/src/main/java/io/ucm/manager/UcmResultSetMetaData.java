// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;

/** Metadata of a result set, which may ask the server: it ends with its connection. */
@Forward(ResultSetMetaData.class)
final class UcmResultSetMetaData extends ForwardingResultSetMetaData {

    private final UcmConnection connection;
    private final ResultSetMetaData metaData;

    UcmResultSetMetaData(UcmConnection connection, ResultSetMetaData metaData) {
        this.connection = connection;
        this.metaData = metaData;
    }

    @Override
    ResultSetMetaData delegate() throws SQLException {
        connection.ensureOpen();
        return metaData;
    }

    @Override
    SQLException failed(SQLException e) {
        return connection.failed(e);
    }

    @Override
    <T> T unwrapped(Class<T> type, T part) throws SQLException {
        return connection.unwrapped(type, part);
    }
}
