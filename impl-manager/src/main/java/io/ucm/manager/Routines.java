// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The routines of a database that may change the session they are called in, by name.
 *
 * @param writes a statement that writes may reach one, through a trigger, a default, a constraint or an index
 * @param everything any statement may reach one, or nothing is known
 */
record Routines(Set<String> names, boolean writes, boolean everything) {

    static final Routines NONE = new Routines(Set.of(), false, false);
    static final Routines UNKNOWN = new Routines(Set.of(), true, true);

    /** Objects that were there before the first user's have lower numbers. */
    private static final String USERS = "16384";

    /** A routine's source; that of a body in standard SQL is kept as a tree. */
    private static final String SOURCE =
            "CASE WHEN p.prosrc = '' AND p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prosrc END";

    private static final String FROM =
            " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.oid >= " + USERS;

    private static final String SUSPECTS = "SELECT p.proname, l.lanname, " + SOURCE + FROM
            + " AND p.prokind <> 'a' AND l.lanname <> 'c' AND CASE l.lanname"
            + " WHEN 'internal' THEN p.prosrc ~ '^(set_config|pg_advisory_lock|pg_try_advisory_lock|setseed)'"
            + " WHEN 'sql' THEN " + SOURCE + " ~* ? WHEN 'plpgsql' THEN p.prosrc ~* ? ELSE true END";

    private static final String CALLERS = "SELECT p.proname" + FROM + " AND l.lanname IN ('sql', 'plpgsql') AND "
            + SOURCE + " ~* ? UNION SELECT p.proname FROM pg_depend d JOIN pg_proc f ON f.oid = d.refobjid"
            + " JOIN pg_proc p ON p.oid = d.objid WHERE d.classid = 'pg_proc'::regclass"
            + " AND d.refclassid = 'pg_proc'::regclass AND f.oid >= " + USERS + " AND f.proname = ANY (?)";

    /** What else depends on routines of these names, or calls the server's own function of one. */
    private static final String REACHED = "SELECT DISTINCT d.classid::regclass::text FROM pg_depend d"
            + " JOIN pg_proc f ON f.oid = d.refobjid WHERE d.refclassid = 'pg_proc'::regclass"
            + " AND d.classid <> 'pg_proc'::regclass AND f.oid >= " + USERS + " AND f.proname = ANY (?)"
            + " UNION SELECT 'pg_rewrite' FROM pg_rewrite r WHERE r.oid >= " + USERS + " AND r.ev_action::text ~ ?"
            + " UNION SELECT 'pg_attrdef' FROM pg_attrdef a WHERE pg_get_expr(a.adbin, a.adrelid) ~* ?";

    private static final String SERVERS_OWN = "SELECT oid FROM pg_proc WHERE oid < " + USERS + " AND proname = ANY (?)";

    private static final String WORDS = "set|set_config|reset|discard|listen|execute|prepare|deallocate|load|temp"
            + "|temporary|pg_temp|pg_settings|do|declare";

    private static final String WRITING = "insert|update|delete|merge|truncate|copy";

    private static final Set<String> BY_WRITES = Set.of("pg_trigger", "pg_attrdef", "pg_constraint", "pg_class");

    Routines {
        names = Set.copyOf(names);
    }

    /** Asks the catalog: a few round trips. */
    static Routines ask(Connection connection) throws SQLException {
        Set<String> functions = Stream.concat(Stream.of("set_config"), SqlEffects.changingFunctions().stream())
                .collect(Collectors.toSet());
        String called = word(String.join("|", functions));
        String callTree = ":funcid (" + String.join("|", serversOwn(connection, functions)) + ")\\M";
        Set<String> names = new TreeSet<>(suspects(connection, word(WORDS + "|" + String.join("|", functions))));
        boolean writes = false;
        for (int before = -1; before != names.size() + (writes ? 1 : 0); ) {
            before = names.size() + (writes ? 1 : 0);
            Set<String> reached = strings(connection, REACHED, names, callTree, called);
            if (!BY_WRITES.containsAll(reached)) {
                return UNKNOWN;
            }
            writes |= !reached.isEmpty();
            String calls = Stream.concat(
                            names.stream().map(Routines::literally), writes ? Stream.of(WRITING) : Stream.empty())
                    .collect(Collectors.joining("|"));
            if (!calls.isEmpty()) {
                names.addAll(strings(connection, CALLERS, word(calls), names));
            }
        }
        return new Routines(names, writes, false);
    }

    private static Set<String> suspects(Connection connection, String words) throws SQLException {
        SqlEffects effects = new SqlEffects(NONE);
        Set<String> found = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(SUSPECTS)) {
            statement.setString(1, words);
            statement.setString(2, words);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String language = rows.getString(2);
                    String source = rows.getString(3);
                    boolean readable = language.equals("sql") || language.equals("plpgsql");
                    int ofItself = source.startsWith("CREATE OR REPLACE ") ? SqlEffects.ROUTINES : 0;
                    if (!readable || (effects.ofBody(source) & ~ofItself) != 0) {
                        found.add(rows.getString(1));
                    }
                }
            }
        }
        return found;
    }

    private static Set<String> serversOwn(Connection connection, Set<String> functions) throws SQLException {
        return strings(connection, SERVERS_OWN, functions);
    }

    private static Set<String> strings(Connection connection, String sql, Object... arguments) throws SQLException {
        Set<String> found = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i] instanceof Set<?> names) {
                    Array array = connection.createArrayOf("text", names.toArray());
                    statement.setArray(i + 1, array);
                } else {
                    statement.setString(i + 1, (String) arguments[i]);
                }
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    private static String word(String alternatives) {
        return "\\m(" + alternatives + ")\\M";
    }

    /** The name as a regular expression of the server. */
    private static String literally(String name) {
        return Pattern.compile("[^\\w]", Pattern.UNICODE_CHARACTER_CLASS)
                .matcher(name)
                .replaceAll(found -> "\\\\" + (found.group().equals("\\") ? "\\\\" : found.group()));
    }
}
