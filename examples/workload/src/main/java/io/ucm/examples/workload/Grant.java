// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.workload;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a mode's role needs of a workload's table, and no more: a read-only mode's role must not become able to write. */
public final class Grant {

    /** The role is the same everywhere, and a question to a replica would open a pool there. */
    private static final CallOptions ON_PRIMARY = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);

    private Grant() {}

    /**
     * The SQL that lets the manager's role use the table. Asks the server for the role: blocks.
     *
     * @param writing the privileges that a mode needs which writes, such as {@code INSERT}
     */
    public static String of(ConnectionManager manager, String table, String writing) throws Exception {
        String privileges = manager.mode().readOnly() ? "SELECT" : "SELECT, " + writing;
        return "GRANT %s ON %s TO %s".formatted(privileges, table, Answer.of(manager.read(Grant::role, ON_PRIMARY)));
    }

    /** Quoted. */
    private static String role(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT quote_ident(current_user)")) {
            row.next();
            return row.getString(1);
        }
    }
}
