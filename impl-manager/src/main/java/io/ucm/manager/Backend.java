// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The process of a PostgreSQL server that serves one session. Numbers are used again, so the time of its start belongs to it.
 *
 * @param started as the server tells by {@link #STARTED}; null where it did not say, then it is nobody
 */
record Backend(int pid, @Nullable String started) {

    static final Backend UNKNOWN = new Backend(0, null);

    /** The same in sessions of all time zones. */
    static final String STARTED = "extract(epoch FROM backend_start)::text";

    /** What tells of the session that asks: its process and its start. */
    static final String SELF = "pg_backend_pid(), (SELECT " + STARTED + " FROM pg_stat_get_activity(pg_backend_pid()))";

    private static final String ITSELF = " FROM pg_stat_activity WHERE pid = ? AND " + STARTED + " = ?";

    /** Asks it to end, if it is there still, in another session of the same role: what it has not committed is undone. */
    void end(Connection other) throws SQLException {
        ask(other, "SELECT pg_terminate_backend(pid)::text");
    }

    private @Nullable String ask(Connection other, String question) throws SQLException {
        if (started == null) {
            return null;
        }
        try (PreparedStatement statement = other.prepareStatement(question + ITSELF)) {
            statement.setInt(1, pid);
            statement.setString(2, started);
            try (ResultSet told = statement.executeQuery()) {
                return told.next() ? told.getString(1) : null;
            }
        }
    }
}
