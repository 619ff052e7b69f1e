// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CommitOutcome;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables in which one manager's writes leave their tokens, in the schema {@code ucm} of the database: whether its role
 * may use them, and what time it is there. A role that may creates them, lets the other modes' roles in, and empties the
 * one that is older than a day. Thread-safe; {@link #look} blocks while it asks the server.
 *
 * <p>Emptied is the table that the next period will use: at the begin of this one its youngest row was 24 hours old. Not within an hour of either end, so that clocks which differ can't meet.
 */
final class WriteTokens {

    private static final Logger LOG = LoggerFactory.getLogger(WriteTokens.class);

    private static final int LOOKS = 3;
    private static final long MARGIN_MS = Duration.ofHours(1).toMillis();

    private static final long KEPT_MS = Duration.ofHours(24).toMillis();

    /** Of all clients that might create them at the same time, and of those that might empty one. */
    private static final long LOCK = 0x55434D_746F6B65L;

    /** By the catalog, because a name in a schema that is closed to who asks is an error. */
    private static final String TABLES = " pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = 'ucm' AND c.relname ~ '^write_token_[0-4]$'";

    private static final String QUESTION =
            "SELECT (SELECT count(*) = 5 FROM" + TABLES + "), has_database_privilege(current_database(), 'CREATE'),"
                    + " (extract(epoch FROM clock_timestamp()) * 1000)::bigint, pg_is_in_recovery()";

    private static final String RIGHTS = "SELECT bool_and(has_schema_privilege(n.oid, 'USAGE')"
            + " AND has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'SELECT')),"
            + " bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'TRUNCATE')) FROM"
            + TABLES;

    private static final String TO_BE_LET_IN = "SELECT bool_or(pg_has_role(current_user, c.relowner, 'USAGE')"
            + " AND NOT (has_schema_privilege(r.oid, n.oid, 'USAGE') AND has_table_privilege(r.oid, c.oid, 'INSERT')"
            + " AND has_table_privilege(r.oid, c.oid, 'SELECT'))) FROM pg_roles r CROSS JOIN" + TABLES
            + " AND r.rolname = ?";

    private final ManagerKey key;
    private final AtomicInteger changes;
    private final LookPace pace;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile @Nullable String problem = "the tables of the schema ucm were not looked for yet";
    private volatile int looks;

    /** The server's clock less ours. */
    private volatile long aheadMs;

    /** @param changes how often a manager of the cluster has created them, or let somebody in */
    WriteTokens(ManagerKey key, AtomicInteger changes) {
        this.key = key;
        this.changes = changes;
        this.pace = new LookPace(changes, System::nanoTime);
    }

    /** One for a new write; null when none can be left. */
    @Nullable
    WriteToken next() {
        return problem == null ? WriteToken.at(System.currentTimeMillis() + aheadMs) : null;
    }

    /** Why tokens can't be left; null when they can. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Whether they can be left, or it was looked often enough to say that they can't. */
    boolean isSettled() {
        return problem == null || looks >= LOOKS;
    }

    /** Why it can't be told what became of the write that carries it; null: it can. */
    @Nullable
    String forgets(WriteToken token) {
        if (problem != null) {
            return problem;
        }
        long ageMs = System.currentTimeMillis() + aheadMs - token.serverMs();
        if (ageMs < -MARGIN_MS) {
            return "it is none of UCM's";
        }
        return ageMs > KEPT_MS ? "it is older than 24 hours, so it may have been forgotten" : null;
    }

    /** Leaving one failed: it is looked why. */
    void failed(SQLException e) {
        problem = "a token could not be left: " + e.getMessage();
        pace.soon();
    }

    /** When it is looked. */
    LookPace pace() {
        return pace;
    }

    /**
     * Looks, and does what is to be done.
     *
     * @param users the roles that are to be let in, if this one may let anybody in
     */
    void look(SessionRules.Source primary, CommitOutcome outcome, Collection<String> users) {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        LookPace.Found found = LookPace.Found.NOTHING;
        pace.begin();
        try (Connection connection = primary.open()) {
            found = look(connection, outcome, users);
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("{}: the tokens of writes can't be looked for", key, e);
        } finally {
            looks++;
            pace.end(problem == null ? LookPace.Found.GOOD : found);
            looking.set(false);
        }
    }

    private LookPace.Found look(Connection connection, CommitOutcome outcome, Collection<String> users)
            throws SQLException {
        boolean there;
        boolean mayCreate;
        try (Statement statement = connection.createStatement();
                ResultSet told = statement.executeQuery(QUESTION)) {
            told.next();
            there = told.getBoolean(1);
            mayCreate = told.getBoolean(2);
            aheadMs = told.getLong(3) - System.currentTimeMillis();
            if (told.getBoolean(4)) {
                return LookPace.Found.NOTHING;
            }
        }
        if (!there && mayCreate) {
            create(connection);
            there = true;
        }
        if (!there) {
            tell(
                    "the schema ucm has no tables for them: configure the mode ADMIN with a role that may create it, or run the"
                            + " script in docs/operate.md");
            return LookPace.Found.REFUSED;
        }
        if (mayCreate) {
            letIn(connection, users);
        }
        check(connection, outcome);
        return LookPace.Found.REFUSED;
    }

    /** Each statement does nothing where somebody else was faster. */
    private void create(Connection connection) throws SQLException {
        List<String> statements = new ArrayList<>(
                List.of("SELECT pg_advisory_xact_lock(" + LOCK + ")", "CREATE SCHEMA IF NOT EXISTS ucm"));
        for (int number = 0; number < WriteToken.TABLES; number++) {
            statements.add("CREATE TABLE IF NOT EXISTS " + WriteToken.table(number)
                    + " (token uuid PRIMARY KEY, committed boolean NOT NULL DEFAULT true)");
        }
        inOne(connection, statements);
        changes.incrementAndGet();
        LOG.info("{}: created the tables for the tokens of writes in the schema ucm", key);
    }

    /** Where its own role is not their owner, that is not its business. */
    private void letIn(Connection connection, Collection<String> users) throws SQLException {
        List<String> statements = new ArrayList<>();
        String last = null;
        for (String user : users) {
            String role = '"' + user.replace("\"", "\"\"") + '"';
            if (isToBeLetIn(connection, user)) {
                last = user;
                statements.add("GRANT USAGE ON SCHEMA ucm TO " + role);
                for (int number = 0; number < WriteToken.TABLES; number++) {
                    statements.add("GRANT SELECT, INSERT ON " + WriteToken.table(number) + " TO " + role);
                }
            }
        }
        if (!statements.isEmpty()) {
            statements.add(0, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
            inOne(connection, statements);
            if (!isToBeLetIn(connection, last)) {
                changes.incrementAndGet();
            }
        }
    }

    private static boolean isToBeLetIn(Connection connection, String user) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TO_BE_LET_IN)) {
            statement.setString(1, user);
            try (ResultSet told = statement.executeQuery()) {
                return told.next() && told.getBoolean(1);
            }
        }
    }

    private void check(Connection connection, CommitOutcome outcome) throws SQLException {
        boolean mayLeave;
        boolean mayEmpty;
        try (Statement statement = connection.createStatement();
                ResultSet told = statement.executeQuery(RIGHTS)) {
            told.next();
            mayLeave = told.getBoolean(1);
            mayEmpty = told.getBoolean(2);
        }
        if (mayEmpty) {
            empty(connection, System.currentTimeMillis() + aheadMs);
        }
        if (mayLeave) {
            problem = null;
        } else if (outcome == CommitOutcome.RESOLVED) {
            tell("its role has no right to INSERT and SELECT in the tables ucm.write_token_0 to 4");
        }
    }

    /** Empties the table whose rows are older than a day, if there is one at that time. */
    void empty(Connection connection, long serverMs) throws SQLException {
        long into = serverMs % WriteToken.PERIOD_MS;
        if (into < MARGIN_MS || into > WriteToken.PERIOD_MS - MARGIN_MS) {
            return;
        }
        String table = WriteToken.table(serverMs, 1);
        try (Statement statement = connection.createStatement();
                ResultSet told = statement.executeQuery("SELECT EXISTS (SELECT 1 FROM " + table + ")")) {
            told.next();
            if (!told.getBoolean(1)) {
                return;
            }
        }
        inOne(
                connection,
                List.of(
                        "SELECT pg_advisory_xact_lock(" + LOCK + ")",
                        "SET LOCAL lock_timeout = '1s'",
                        "TRUNCATE " + table));
        LOG.info("{}: emptied {}: its tokens were older than a day", key, table);
    }

    private static void inOne(Connection connection, List<String> statements) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void tell(String why) {
        if (!why.equals(problem) && isSettled()) {
            LOG.warn("{}: the outcome of a lost COMMIT can't be found out: {}", key, why);
        }
        problem = why;
    }
}
