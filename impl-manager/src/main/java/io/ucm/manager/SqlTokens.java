// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The tokens of a text of SQL as PostgreSQL reads it with {@code standard_conforming_strings} on: comments are left out,
 * and what is in a literal is no token. Not thread-safe; used once.
 */
final class SqlTokens {

    enum Kind {
        /** An identifier or key word, in lower case. */
        WORD,
        /** An identifier in quotes, without them. */
        NAME,
        /** A literal: the text is what stands between its quotes, as it stands there. */
        LITERAL,
        /** Any other character. */
        SIGN
    }

    record Token(Kind kind, String text) {

        boolean is(String word) {
            return kind == Kind.WORD && text.equals(word);
        }

        boolean isSign(char sign) {
            return kind == Kind.SIGN && text.charAt(0) == sign;
        }
    }

    /** What an identifier or a literal with escapes is read as: nobody asks what it says. */
    static final String ESCAPED = "\0";

    private static final Token[] SIGNS = new Token[128];

    private final String sql;
    private final int end;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    static {
        for (char c = 0; c < SIGNS.length; c++) {
            SIGNS[c] = new Token(Kind.SIGN, String.valueOf(c));
        }
    }

    private SqlTokens(String sql) {
        this.sql = sql;
        this.end = sql.length();
    }

    static List<Token> of(String sql) {
        SqlTokens reader = new SqlTokens(sql);
        while (reader.at < reader.end) {
            reader.next();
        }
        return reader.tokens;
    }

    private void next() {
        char c = sql.charAt(at);
        if (startsWord(c)) {
            word();
        } else if (c == '\'') {
            literal(false);
        } else if (c == '"') {
            name();
        } else if (c == '$') {
            dollar();
        } else if (c == '-' && follows('-')) {
            lineComment();
        } else if (c == '/' && follows('*')) {
            blockComment();
        } else if (c >= '0' && c <= '9') {
            number();
        } else {
            if (c > ' ' && c < SIGNS.length) {
                tokens.add(SIGNS[c]);
            }
            at++;
        }
    }

    private boolean follows(char c) {
        return at + 1 < end && sql.charAt(at + 1) == c;
    }

    private static boolean startsWord(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80;
    }

    private static boolean inWord(char c) {
        return startsWord(c) || c >= '0' && c <= '9' || c == '$';
    }

    private void word() {
        int start = at;
        while (at < end && inWord(sql.charAt(at))) {
            at++;
        }
        if (at - start == 1 && at < end) {
            char prefix = (char) (sql.charAt(start) | 0x20);
            if (prefix == 'e' && sql.charAt(at) == '\'') {
                literal(true);
                return;
            }
            if (prefix == 'u' && sql.charAt(at) == '&' && follows('"')) {
                at++;
                name();
                tokens.set(tokens.size() - 1, new Token(Kind.NAME, ESCAPED));
                return;
            }
        }
        tokens.add(new Token(Kind.WORD, sql.substring(start, at).toLowerCase(Locale.ROOT)));
    }

    /** Letters after the digits are read as a word: servers before 15 do so. */
    private void number() {
        while (at < end && (sql.charAt(at) >= '0' && sql.charAt(at) <= '9' || sql.charAt(at) == '.')) {
            at++;
        }
        tokens.add(SIGNS['0']);
    }

    private void literal(boolean escapes) {
        int start = ++at;
        while (at < end) {
            char c = sql.charAt(at);
            if (c == '\\' && escapes) {
                at++;
            } else if (c == '\'') {
                if (!follows('\'')) {
                    break;
                }
                at++;
            }
            at++;
        }
        int stop = Math.min(at, end);
        tokens.add(new Token(Kind.LITERAL, escapes ? ESCAPED : sql.substring(start, stop)));
        at = stop + 1;
    }

    private void name() {
        int start = ++at;
        while (at < end) {
            if (sql.charAt(at) == '"') {
                if (!follows('"')) {
                    break;
                }
                at++;
            }
            at++;
        }
        tokens.add(new Token(Kind.NAME, sql.substring(start, Math.min(at, end)).replace("\"\"", "\"")));
        at++;
    }

    /** A literal between two tags, or a parameter's number. */
    private void dollar() {
        int tagEnd = at + 1;
        while (tagEnd < end && sql.charAt(tagEnd) != '$' && inWord(sql.charAt(tagEnd))) {
            tagEnd++;
        }
        boolean parameter = at + 1 < end && Character.isDigit(sql.charAt(at + 1));
        if (parameter || tagEnd >= end || sql.charAt(tagEnd) != '$') {
            at = parameter ? tagEnd : at + 1;
            tokens.add(SIGNS['$']);
            return;
        }
        String tag = sql.substring(at, tagEnd + 1);
        int close = sql.indexOf(tag, tagEnd + 1);
        int stop = close < 0 ? end : close;
        tokens.add(new Token(Kind.LITERAL, sql.substring(tagEnd + 1, stop)));
        at = close < 0 ? end : close + tag.length();
    }

    private void lineComment() {
        while (at < end && sql.charAt(at) != '\n' && sql.charAt(at) != '\r') {
            at++;
        }
    }

    private void blockComment() {
        int depth = 0;
        do {
            if (sql.charAt(at) == '/' && follows('*')) {
                depth++;
                at++;
            } else if (sql.charAt(at) == '*' && follows('/')) {
                depth--;
                at++;
            }
            at++;
        } while (depth > 0 && at < end);
    }
}
