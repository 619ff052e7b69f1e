// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.WriteState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What tells one write from all others: a row of it is there if and only if the write was committed, or if somebody was told
 * that it never will be, which the row then says. A UUID of version 7
 * (RFC 9562): the server's time in milliseconds, then random bits, so that rows come at the end of their index.
 *
 * <p>Each period of 8 hours has a table of its own, of {@value #TABLES} in turn: a row stays for 24 hours at least, and
 * then goes with its whole table, which is cheap ({@link WriteTokens}).
 */
record WriteToken(UUID id) {

    static final int TABLES = 5;

    static final long PERIOD_MS = TimeUnit.HOURS.toMillis(8);

    private static final String TABLE = "ucm.write_token_";
    private static final int TIME_SHIFT = 16;
    private static final long VERSION = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final String[] COMMITS = texts("INSERT INTO %s (token) VALUES (?); COMMIT");
    private static final String[] REFUSALS =
            texts("INSERT INTO %s (token, committed) VALUES (?, false) ON CONFLICT DO NOTHING");
    private static final String[] QUESTIONS = texts("SELECT committed FROM %s WHERE token = ?");
    private static final String[] CLAIMS = texts("INSERT INTO %s (token) VALUES (?) ON CONFLICT DO NOTHING");

    /** One that was not there before. */
    static WriteToken at(long serverMs) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long most = serverMs << TIME_SHIFT | VERSION | random.nextInt(0x1000);
        return new WriteToken(new UUID(most, random.nextLong() >>> 2 | VARIANT));
    }

    /** The table of a period that is so many away from that time. */
    static String table(long serverMs, int periodsAway) {
        return TABLE + Math.floorMod(serverMs / PERIOD_MS + periodsAway, (long) TABLES);
    }

    /** The name of a table by its number. */
    static String table(int number) {
        return TABLE + number;
    }

    /** Leaves the token and commits, in one message. */
    String commit() {
        return COMMITS[number()];
    }

    /** Leaves the token if nobody did; waits for a transaction that has and is still open. */
    String claim() {
        return CLAIMS[number()];
    }

    /** When it was made, by the server's clock. */
    long serverMs() {
        return id.getMostSignificantBits() >>> TIME_SHIFT;
    }

    /** The work that decides what became of the write that carries it: it is committed, or never will be. */
    WriteState decide(Connection connection) throws SQLException {
        try (Statement unlimited = connection.createStatement()) {
            unlimited.execute("SET LOCAL lock_timeout = 0");
        }
        try (PreparedStatement refuse = connection.prepareStatement(REFUSALS[number()])) {
            refuse.setObject(1, id);
            if (refuse.executeUpdate() > 0) {
                return WriteState.NOT_COMMITTED;
            }
        }
        try (PreparedStatement question = connection.prepareStatement(QUESTIONS[number()])) {
            question.setObject(1, id);
            try (ResultSet told = question.executeQuery()) {
                return told.next() && told.getBoolean(1) ? WriteState.COMMITTED : WriteState.NOT_COMMITTED;
            }
        }
    }

    private int number() {
        return (int) (serverMs() / PERIOD_MS % TABLES);
    }

    private static String[] texts(String pattern) {
        String[] texts = new String[TABLES];
        for (int number = 0; number < TABLES; number++) {
            texts[number] = pattern.formatted(table(number));
        }
        return texts;
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
