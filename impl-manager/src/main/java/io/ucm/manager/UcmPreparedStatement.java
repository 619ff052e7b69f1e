// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.forwarder.Forward;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** A prepared statement of a {@link UcmConnection}. */
@Forward(value = PreparedStatement.class, base = UcmStatement.class)
class UcmPreparedStatement extends ForwardingPreparedStatement {

    private final SessionRules.Text text;

    UcmPreparedStatement(UcmConnection connection, PreparedStatement statement, SessionRules.Text text) {
        super(connection, statement);
        this.text = text;
    }

    @Override
    int effects() {
        return text.effects();
    }

    @Override
    PreparedStatement delegate() throws SQLException {
        return (PreparedStatement) statement();
    }
}
