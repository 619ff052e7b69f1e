// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.manager.SqlTokens.Kind;
import io.ucm.manager.SqlTokens.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a text of SQL may leave behind in its session, as flags. Errs on the side of leaving something: so does all that
 * begins with an unknown command.
 */
final class SqlEffects {

    /** Settings, role, temporary objects, locks, cursors. */
    static final int SESSION = 1;
    /** Statements prepared by name. */
    static final int PREPARED = 2;
    /** Notifications that are waited for. */
    static final int LISTENS = 4;
    /** A transaction begun or ended: not by JDBC. */
    static final int TRANSACTION = 8;
    /** Other routines, or other things that call them. */
    static final int ROUTINES = 16;
    /** What only the end of the session takes away. */
    static final int LASTING = 32;
    /** Settings of the transaction, its isolation perhaps: nothing is left of them after it. */
    static final int LOCAL = 64;
    /** Whatever an unknown text can leave that can be taken away; a transaction needs a text of its own. */
    static final int ANYTHING = SESSION | PREPARED | LISTENS;

    private static final Set<String> CLEAN =
            words("select insert update delete merge with values table copy fetch move close analyze "
                    + "analyse vacuum cluster reindex refresh truncate comment grant revoke lock notify show "
                    + "checkpoint savepoint release import reassign security call drop");

    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "merge", "truncate", "copy");

    /** What a changed routine may be called through. */
    private static final Set<String> CALLERS =
            words("function procedure routine trigger view rule operator cast aggregate policy domain "
                    + "type extension event language transform schema");

    private static final Set<String> TEMPORARY = Set.of("temp", "temporary");

    /** After these a statement begins inside a routine. */
    private static final Set<String> BEFORE_STATEMENT = Set.of("begin", "then", "else", "loop");

    private static final Map<String, Integer> FUNCTIONS = functions();

    private final Routines routines;

    SqlEffects(Routines routines) {
        this.routines = routines;
    }

    private static Set<String> words(String all) {
        return Set.of(all.split(" "));
    }

    private static Map<String, Integer> functions() {
        Map<String, Integer> found = new HashMap<>();
        for (String lock : List.of("lock", "lock_shared")) {
            found.put("pg_advisory_" + lock, SESSION);
            found.put("pg_try_advisory_" + lock, SESSION);
        }
        // They run the SQL that they are given.
        for (String runs :
                words("query_to_xml query_to_xmlschema query_to_xml_and_xmlschema ts_stat ts_rewrite connectby"
                        + " crosstab crosstab2 crosstab3 crosstab4 crosstabn")) {
            found.put(runs, ANYTHING);
        }
        for (String lasting : words(
                "setseed dblink_connect dblink_connect_u pg_replication_origin_session_setup"
                        + " pg_create_logical_replication_slot pg_create_physical_replication_slot pg_backup_start pg_start_backup")) {
            found.put(lasting, LASTING);
        }
        return found;
    }

    /** The functions of the server and of its extensions that change a session. */
    static Set<String> changingFunctions() {
        return FUNCTIONS.keySet();
    }

    /** What a text may leave behind that an application sends. */
    int of(String sql) {
        int found = 0;
        for (List<Token> statement : statements(SqlTokens.of(sql))) {
            found |= of(statement, false);
        }
        return found;
    }

    /**
     * What a routine's source in PL/pgSQL may leave behind. Its transactions, and their isolation, are the server's to
     * refuse.
     */
    int ofBody(String source) {
        int found = 0;
        List<Token> statement = new ArrayList<>();
        boolean shift = false;
        for (Token token : SqlTokens.of(source)) {
            boolean label = shift && token.isSign('>');
            shift = token.isSign('>');
            if (label || token.isSign(';') || token.kind() == Kind.WORD && BEFORE_STATEMENT.contains(token.text())) {
                found |= of(statement, true);
                statement.clear();
            } else if (token.is("execute")) {
                found |= ANYTHING | ROUTINES;
            } else {
                statement.add(token);
            }
        }
        return (found | of(statement, true)) & ~(TRANSACTION | LOCAL);
    }

    /** Split at each semicolon but those within the body of a routine in standard SQL. */
    private static List<List<Token>> statements(List<Token> tokens) {
        List<List<Token>> found = new ArrayList<>();
        int start = 0;
        int atomic = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (atomic > 0) {
                atomic += token.is("case") ? 1 : token.is("end") ? -1 : 0;
            } else if (token.is("atomic") && i > 0 && tokens.get(i - 1).is("begin") && i - 1 > start) {
                atomic = 1;
            } else if (token.isSign(';')) {
                found.add(tokens.subList(start, i));
                start = i + 1;
            }
        }
        found.add(tokens.subList(start, tokens.size()));
        return found;
    }

    private int of(List<Token> statement, boolean inRoutine) {
        List<String> words = new ArrayList<>();
        for (Token token : statement) {
            if (token.kind() == Kind.WORD) {
                words.add(token.text());
            }
        }
        if (words.isEmpty()) {
            return 0;
        }
        return command(words, statement, inRoutine) | calls(words, statement) | temporary(statement);
    }

    private int command(List<String> words, List<Token> statement, boolean inRoutine) {
        String second = words.size() > 1 ? words.get(1) : "";
        return switch (words.get(0)) {
            case "set" -> set(second);
            case "reset", "unlisten", "deallocate" -> SESSION;
            case "discard", "execute" -> ANYTHING;
            case "listen" -> SESSION | LISTENS;
            case "load" -> LASTING;
            case "prepare" -> second.equals("transaction") ? TRANSACTION : SESSION | PREPARED;
            case "declare" -> words.contains("hold") ? SESSION : 0;
            case "begin", "start", "end", "abort" -> TRANSACTION;
            case "commit" -> second.equals("prepared") ? 0 : TRANSACTION;
            case "rollback" -> second.equals("prepared") || words.contains("to") ? 0 : TRANSACTION;
            case "create" -> created(words);
            case "alter" -> words.stream().anyMatch(CALLERS::contains) ? ROUTINES : 0;
            case "explain" -> words.stream().anyMatch(TEMPORARY::contains) ? SESSION : 0;
            case "do" -> block(words, statement);
            default -> inRoutine || CLEAN.contains(words.get(0)) ? 0 : ANYTHING;
        };
    }

    private static int set(String what) {
        return switch (what) {
            case "local", "transaction" -> LOCAL;
            case "constraints" -> 0;
            default -> SESSION;
        };
    }

    private static int created(List<String> words) {
        List<String> head = words.subList(0, Math.min(words.size(), 6));
        if (head.stream().anyMatch(TEMPORARY::contains)) {
            return String.join(" ", words).contains(" on commit drop") ? 0 : SESSION;
        }
        return head.stream().anyMatch(CALLERS::contains) ? ROUTINES : 0;
    }

    private int block(List<String> words, List<Token> statement) {
        List<Token> literals =
                statement.stream().filter(token -> token.kind() == Kind.LITERAL).toList();
        String source =
                literals.size() == 1 && words.size() == 1 ? literals.get(0).text() : SqlTokens.ESCAPED;
        return source.equals(SqlTokens.ESCAPED) || source.contains("''") ? ANYTHING | ROUTINES : ofBody(source);
    }

    private static int temporary(List<Token> statement) {
        return statement.stream()
                        .anyMatch(token ->
                                token.kind() != Kind.LITERAL && token.text().equals("pg_temp"))
                ? SESSION
                : 0;
    }

    private int calls(List<String> words, List<Token> statement) {
        int found = 0;
        for (int i = 0; i < statement.size(); i++) {
            Token token = statement.get(i);
            if (token.kind() == Kind.WORD || token.kind() == Kind.NAME) {
                found |= named(token, words, statement, i + 1);
            }
        }
        boolean writes = routines.writes() && words.stream().anyMatch(WRITES::contains);
        if (writes || routines.everything()) {
            found |= ANYTHING;
        }
        boolean defines = words.get(0).equals("create") || words.get(0).equals("alter");
        return found != 0 && defines ? found | ROUTINES : found;
    }

    private int named(Token token, List<String> words, List<Token> statement, int next) {
        String name = token.text();
        int found = routines.names().contains(name) || name.equals(SqlTokens.ESCAPED) ? ANYTHING : 0;
        switch (name) {
            case "pg_settings" -> found |= words.contains("update") ? SESSION : 0;
            case "into" -> found |= next < statement.size() && intoTemporary(statement, next) ? SESSION : 0;
            default -> {
                if (next < statement.size() && statement.get(next).isSign('(')) {
                    found |= name.equals("set_config")
                            ? onlyLocally(statement, next) ? LOCAL : SESSION
                            : FUNCTIONS.getOrDefault(name, 0);
                }
            }
        }
        return found;
    }

    private static boolean intoTemporary(List<Token> statement, int next) {
        Token token = statement.get(next);
        boolean skip = (token.is("local") || token.is("global")) && next + 1 < statement.size();
        Token kind = skip ? statement.get(next + 1) : token;
        return kind.kind() == Kind.WORD && TEMPORARY.contains(kind.text());
    }

    /** Whether the last argument between the parentheses that open there is {@code true}. */
    private static boolean onlyLocally(List<Token> statement, int open) {
        int depth = 0;
        for (int i = open; i < statement.size(); i++) {
            if (statement.get(i).isSign('(')) {
                depth++;
            } else if (statement.get(i).isSign(')') && --depth == 0) {
                return statement.get(i - 1).is("true") && statement.get(i - 2).isSign(',');
            }
        }
        return false;
    }
}
