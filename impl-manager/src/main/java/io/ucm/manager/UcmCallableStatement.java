// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A callable statement of a {@link UcmConnection}. */
@Forward(value = CallableStatement.class, base = UcmPreparedStatement.class)
final class UcmCallableStatement extends ForwardingCallableStatement {

    UcmCallableStatement(UcmConnection connection, CallableStatement statement, SessionRules.Text text) {
        super(connection, statement, text);
    }

    @Override
    CallableStatement delegate() throws SQLException {
        return (CallableStatement) statement();
    }

    @Override
    @Nullable
    Blob wrapped(@Nullable Blob blob) {
        return connection().wrapped(blob);
    }

    @Override
    @Nullable
    Clob wrapped(@Nullable Clob clob) {
        return connection().wrapped(clob);
    }

    @Override
    @Nullable
    NClob wrapped(@Nullable NClob clob) {
        return connection().wrapped(clob);
    }
}
