// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;

/** Takes away what a borrower left in a session of the server. */
final class SessionReset {

    /**
     * The user first, whose rights the rest may need; the role goes with it. RESET ALL goes back to what the start-up
     * packet said, in which the driver sends the JVM's zone.
     */
    private static final String SESSION = "SET SESSION AUTHORIZATION DEFAULT; RESET ALL;"
            + " SET SESSION TIME ZONE 'UTC'; CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
            + " DISCARD TEMP; DISCARD SEQUENCES";

    /** DEALLOCATE ALL would take those along that the driver prepared. */
    private static final String PREPARED = "; DO $$ DECLARE prepared text; BEGIN FOR prepared IN"
            + " SELECT name FROM pg_catalog.pg_prepared_statements WHERE from_sql LOOP"
            + " EXECUTE pg_catalog.format('DEALLOCATE %I', prepared); END LOOP; END $$";

    private SessionReset() {}

    /**
     * Ends the transaction that is open and takes away what {@code effects} say. No round trip when there is neither,
     * else one.
     *
     * @throws SQLException when something may be left: the connection must be closed
     */
    static void run(Connection raw, int effects) throws SQLException {
        if ((effects & SqlEffects.LASTING) != 0) {
            throw new SQLNonTransientConnectionException(
                    "what its user did to the session ends with the session only", "08003");
        }
        if ((effects & SqlEffects.TRANSACTION) != 0) {
            // By text: the driver takes the server's word for whether one is open, but ends it in this state only.
            raw.setAutoCommit(false);
        }
        boolean transaction = !raw.getAutoCommit();
        if ((effects & SqlEffects.SESSION) != 0) {
            try (Statement statement = raw.createStatement()) {
                statement.execute((transaction ? "ROLLBACK; " : "")
                        + SESSION
                        + ((effects & SqlEffects.PREPARED) != 0 ? PREPARED : ""));
            }
        } else if (transaction) {
            raw.rollback();
        }
        if (transaction) {
            raw.setAutoCommit(true);
        }
        if ((effects & SqlEffects.LISTENS) != 0) {
            DriverExtras.dropNotifications(raw);
        }
    }
}
