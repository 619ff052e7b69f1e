// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.util.Set;

/** What an SQLState says about the connection it came from. */
final class SqlStates {

    /** Admin shutdown, crash shutdown, cannot connect now, idle session timeout, idle-in-transaction timeout. */
    private static final Set<String> SESSION_ENDED = Set.of("57P01", "57P02", "57P03", "57P05", "25P03");

    private SqlStates() {}

    /** Whether the session is gone or can't be trusted any more: the connection must not be lent again. */
    static boolean endsConnection(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || SESSION_ENDED.contains(state));
    }
}
