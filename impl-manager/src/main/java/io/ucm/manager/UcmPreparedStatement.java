// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A prepared statement of a {@link UcmConnection}. */
@Forward(value = PreparedStatement.class, base = UcmStatement.class)
class UcmPreparedStatement extends ForwardingPreparedStatement {

    private volatile SessionRules.Text text;

    UcmPreparedStatement(UcmConnection connection, PreparedStatement statement, SessionRules.Text text) {
        super(connection, statement);
        this.text = text;
    }

    @Override
    int effects() {
        SessionRules.Text now = connection().rules().text(text);
        text = now;
        return now.effects();
    }

    @Override
    PreparedStatement delegate() throws SQLException {
        return (PreparedStatement) statement();
    }

    @Override
    @Nullable
    ResultSetMetaData wrapped(@Nullable ResultSetMetaData metaData) {
        return metaData == null ? null : new UcmResultSetMetaData(connection(), metaData);
    }

    @Override
    ParameterMetaData wrapped(ParameterMetaData metaData) {
        return new UcmParameterMetaData(connection(), metaData);
    }
}
