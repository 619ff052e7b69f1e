// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.ModeProfile;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the server says of a session and of its role. What a client can set for its own session proves nothing of what
 * the role may do, so writing is judged by privileges.
 *
 * @param readOnlyByDefault whether a transaction of this session begins read-only
 * @param writes the first right to write that was found; null when none was
 */
record RoleState(
        String user,
        boolean superuser,
        boolean readOnlyByDefault,
        String application,
        String timeZone,
        @Nullable String writes) {

    /** Looks at 1000 tables at most: a database may have very many. */
    private static final String QUERY = """
            SELECT current_user,
                coalesce((SELECT rolsuper FROM pg_roles WHERE rolname = current_user), false),
                current_setting('default_transaction_read_only') = 'on',
                current_setting('application_name'),
                current_setting('TimeZone'),
                coalesce(
                    (SELECT 'it is a member of ' || rolname FROM pg_roles
                        WHERE rolname = 'pg_write_all_data' AND pg_has_role(oid, 'USAGE')),
                    CASE WHEN has_database_privilege(current_database(), 'CREATE')
                        THEN 'it may create schemas' END,
                    (SELECT 'it may create in schema ' || nspname FROM pg_namespace
                        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
                            AND has_schema_privilege(oid, 'CREATE') LIMIT 1),
                    (SELECT 'it may write to ' || nspname || '.' || relname
                        FROM (SELECT c.oid, nspname, relname
                            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                            WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
                            LIMIT 1000) tables
                        WHERE has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE') LIMIT 1))
            """;

    static RoleState ask(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new RoleState(
                    row.getString(1),
                    row.getBoolean(2),
                    row.getBoolean(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6));
        }
    }

    /** WARN for each thing that somebody should look at, with the way out. */
    Judgement judge(String cluster, ModeProfile mode) {
        List<String> complaints = new ArrayList<>();
        privileges(mode, complaints);
        session("ucm/" + cluster + "/" + mode.name(), complaints);
        return Judgement.of(complaints);
    }

    private void privileges(ModeProfile mode, List<String> complaints) {
        if (superuser) {
            complaints.add("role '%s' is a superuser, whom nothing limits: give the mode a role without SUPERUSER"
                    .formatted(user));
        } else if (mode.readOnly() && writes != null) {
            complaints.add("role '%s' could write although the mode is read-only: %s; revoke that or change the role"
                    .formatted(user, writes));
        } else if (!mode.readOnly() && writes == null) {
            complaints.add("role '%s' can't write although the mode does: grant it pg_write_all_data, or what it needs"
                    .formatted(user));
        }
        if (!mode.readOnly() && readOnlyByDefault) {
            complaints.add("role '%s' begins read-only transactions: reset its or the server's ".formatted(user)
                    + "default_transaction_read_only");
        }
    }

    private void session(String expected, List<String> complaints) {
        if (!expected.equals(application)) {
            complaints.add("application_name is '%s' and not '%s': something between UCM and the server changes it"
                    .formatted(application, expected));
        }
        if (!"UTC".equals(timeZone)) {
            complaints.add("TimeZone is '%s' and not 'UTC': something between UCM and the server changes it"
                    .formatted(timeZone));
        }
    }
}
