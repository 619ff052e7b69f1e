// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.CallableStatement;
import java.sql.SQLException;

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
}
