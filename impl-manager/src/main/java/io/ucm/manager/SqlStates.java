// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an SQLState says about the connection it came from. */
final class SqlStates {

    /** A statement that writes was refused because the transaction is read-only. */
    static final String READ_ONLY = "25006";

    /** The server, the role or the database has no connection left. */
    static final String TOO_MANY_CONNECTIONS = "53300";

    /** The driver's own connection was closed before. */
    static final String CLOSED = "08003";

    /** Admin shutdown, crash shutdown, cannot connect now, idle session timeout, idle-in-transaction timeout. */
    private static final Set<String> SESSION_ENDED = Set.of("57P01", "57P02", "57P03", "57P05", "25P03");

    /** Idle session timeout, idle-in-transaction timeout: the server ended a session that its user had left alone. */
    private static final Set<String> IDLE_TOO_LONG = Set.of("57P05", "25P03");

    /** Undefined table, invalid schema name, insufficient privilege, syntax error: the last where the driver does not split texts. */
    private static final Set<String> NO_TABLE = Set.of("42P01", "3F000", "42501", "42601");

    /** Serialization failure, deadlock. */
    private static final Set<String> UNDONE = Set.of("40001", "40P01");

    /** So that a cause that leads back to itself ends. */
    private static final int DEPTH = 20;

    private SqlStates() {}

    /** Whether the session is gone or can't be trusted any more: the connection must not be lent again. */
    static boolean endsConnection(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("08") || SESSION_ENDED.contains(state));
    }

    /**
     * What tells that the session is gone, among a failure and those that came with it: a server that panics says why first, and
     * the lost connection is the second thing that the driver notices. Null: nothing does.
     */
    static @Nullable SQLException end(SQLException failure) {
        SQLException next = failure;
        for (int depth = 0; next != null && depth < DEPTH; depth++, next = next.getNextException()) {
            if (endsConnection(next)) {
                return next;
            }
        }
        return null;
    }

    /** Whether other connections to the same node may have ended too: not so when this one was only idle for too long. */
    static boolean tellsOfTheNode(SQLException e) {
        return endsConnection(e) && !IDLE_TOO_LONG.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether the server undid the transaction so that another one could go on: the same work can succeed now. */
    static boolean undone(SQLException e) {
        return UNDONE.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether the server ended a statement on request, or at its time limit. */
    static boolean cancelled(Throwable failure) {
        SQLException sql = in(failure);
        return sql != null && "57014".equals(sql.getSQLState());
    }

    /** Whether a table is not there, or not for this role. */
    static boolean deniesTheTable(SQLException e) {
        return NO_TABLE.contains(String.valueOf(e.getSQLState()));
    }

    /** Whether another try may get a connection: the node is away or full, not closed to this role. */
    static boolean mayPass(SQLException e) {
        return endsConnection(e) || TOO_MANY_CONNECTIONS.equals(e.getSQLState());
    }

    /** Whether the server does not accept the role or its password. */
    static boolean refusesTheRole(SQLException e) {
        return String.valueOf(e.getSQLState()).startsWith("28");
    }

    /** Whether a statement was prepared for what a table no longer is: the driver prepares it anew at the next try. */
    static boolean stalePlan(SQLException e) {
        return "0A000".equals(e.getSQLState());
    }

    /** The first SQLException among a failure and its causes; null when there is none. */
    static @Nullable SQLException in(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < DEPTH; depth++, cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
