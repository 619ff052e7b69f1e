// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.ParameterMetaData;
import java.sql.SQLException;

/** Metadata of a statement's parameters, which may ask the server: it ends with its connection. */
@Forward(ParameterMetaData.class)
final class UcmParameterMetaData extends ForwardingParameterMetaData {

    private final UcmConnection connection;
    private final ParameterMetaData metaData;

    UcmParameterMetaData(UcmConnection connection, ParameterMetaData metaData) {
        this.connection = connection;
        this.metaData = metaData;
    }

    @Override
    ParameterMetaData delegate() throws SQLException {
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
