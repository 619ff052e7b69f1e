// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many more connections one node has for us: its {@code max_connections} without what it reserves, its role's and its
 * database's own limits, less all that are open, whoever opened them. Thread-safe.
 *
 * <p>Several containers share a server without knowing of each other: nobody takes more than half of what is left at once.
 * What was taken since the server was last asked counts as open.
 */
final class ServerRoom {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRoom.class);

    private static final long FRESH = TimeUnit.SECONDS.toNanos(1);

    private static final String FREE = """
            SELECT least(
                current_setting('max_connections')::int
                    - current_setting('superuser_reserved_connections')::int
                    - coalesce(current_setting('reserved_connections', true)::int, 0)
                    - count(*),
                CASE WHEN r.rolconnlimit < 0 THEN 2147483647
                    ELSE r.rolconnlimit - count(*) FILTER (WHERE a.usesysid = r.oid) END,
                CASE WHEN d.datconnlimit < 0 THEN 2147483647
                    ELSE d.datconnlimit - count(*) FILTER (WHERE a.datid = d.oid) END)
            FROM pg_stat_activity a, pg_roles r, pg_database d
            WHERE a.datid IS NOT NULL AND a.usesysid IS NOT NULL
                AND coalesce(a.backend_type, 'client backend') = 'client backend' AND r.rolname = current_user AND d.datname = current_database()
            GROUP BY r.rolconnlimit, d.datconnlimit""";

    /** Connects to the node. */
    @FunctionalInterface
    interface Connect {

        Connection open() throws SQLException;
    }

    private boolean asked;
    private long askedAt;
    private int free;

    /**
     * As many of that many more as there are. Where the server can't be asked, all: it refuses by itself. Blocks while the
     * server is asked, which it is once in a second at most.
     */
    synchronized int take(int more, Connect connect) {
        if (!asked || System.nanoTime() - askedAt >= FRESH) {
            asked = ask(connect);
            askedAt = System.nanoTime();
        }
        if (!asked) {
            return more;
        }
        int given = Math.max(0, Math.min(more, Math.max(1, free / 2)));
        given = Math.min(given, Math.max(0, free));
        free -= given;
        return given;
    }

    private boolean ask(Connect connect) {
        try (Connection connection = connect.open();
                Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(FREE)) {
            if (!answer.next()) {
                return false;
            }
            // The one that asks is closed again.
            free = answer.getInt(1) + 1;
            return true;
        } catch (SQLException | RuntimeException | LinkageError e) {
            free = 0;
            boolean full =
                    e instanceof SQLException failure && SqlStates.TOO_MANY_CONNECTIONS.equals(failure.getSQLState());
            if (!full) {
                LOG.debug("a server was not asked how many connections it has left", e);
            }
            return full;
        }
    }
}
