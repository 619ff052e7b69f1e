// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** The table that clients write to. It has no unique key: a row that is written twice is there twice. */
final class FailoverRows {

    /** A client that none of those that are measured is. */
    static final int RAW = -1;

    private static final String TABLE = "bench_failover";
    private static final String INSERT = "INSERT INTO " + TABLE + " (run, client, id) VALUES (?, ?, ?)";
    private static final String RETURNING = INSERT + " RETURNING inet_server_port()";

    private static final String EACH = "SELECT client, count(*), count(DISTINCT id), max(id) + 1 FROM " + TABLE
            + " WHERE run = ? AND client >= 0 GROUP BY client";

    private FailoverRows() {}

    /**
     * What became of the rows of one run.
     *
     * @param lost acknowledged and not there
     * @param duplicated there more than once
     */
    record Verdict(long acknowledged, long lost, long duplicated) {}

    /**
     * The rows of one client.
     *
     * @param next the id after the highest
     */
    record There(long rows, long distinct, long next) {

        static final There NOTHING = new There(0, 0, 0);
    }

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE + " (run int NOT NULL, client int NOT NULL, id bigint NOT NULL)");
        }
    }

    static void empty(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE " + TABLE);
        }
    }

    /** @return the port of the server that took it */
    static int insert(Connection connection, int run, int client, long row) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(RETURNING)) {
            insert.setInt(1, run);
            insert.setInt(2, client);
            insert.setLong(3, row);
            try (ResultSet result = insert.executeQuery()) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    /** Holds what is in the table against what its clients were told. */
    static Verdict check(Connection connection, int run, Writers writers) throws SQLException {
        Map<Integer, There> there = there(connection, run);
        Verdict all = new Verdict(0, 0, 0);
        for (int client = 0; client < writers.size(); client++) {
            Verdict one = judge(writers.acknowledged(client), there.getOrDefault(client, There.NOTHING));
            all = new Verdict(
                    all.acknowledged() + one.acknowledged(),
                    all.lost() + one.lost(),
                    all.duplicated() + one.duplicated());
        }
        return all;
    }

    /** @param told how many rows that client was told are there; it began one more at most */
    static Verdict judge(long told, There there) {
        long untold = Math.max(0, there.next() - told);
        return new Verdict(told, told - (there.distinct() - untold), there.rows() - there.distinct());
    }

    private static Map<Integer, There> there(Connection connection, int run) throws SQLException {
        Map<Integer, There> there = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement(EACH)) {
            query.setInt(1, run);
            try (ResultSet each = query.executeQuery()) {
                while (each.next()) {
                    there.put(each.getInt(1), new There(each.getLong(2), each.getLong(3), each.getLong(4)));
                }
            }
        }
        return there;
    }
}
