// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the server knows of those that are measured, asked on a connection of its own. Used by one thread. */
final class HandoverServer implements AutoCloseable {

    private static final Duration SIZE_LIMIT = Duration.ofSeconds(30);

    private final Connection own;

    HandoverServer(Database database) throws SQLException {
        this.own = database.connect();
    }

    void createTable() throws SQLException {
        try (Statement statement = own.createStatement()) {
            statement.execute("CREATE TABLE " + Traffic.TABLE + " (run int NOT NULL)");
        }
    }

    /** How many rows that load has left. */
    long rows(int run) throws SQLException {
        try (PreparedStatement query =
                own.prepareStatement("SELECT count(*) FROM " + Traffic.TABLE + " WHERE run = ?")) {
            query.setInt(1, run);
            return number(query);
        }
    }

    /** The server's time. */
    Timestamp now() throws SQLException {
        try (Statement statement = own.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getTimestamp(1);
        }
    }

    /** How many connections of that name are from before that time. */
    long connections(String application, Timestamp before) throws SQLException {
        try (PreparedStatement query = own.prepareStatement(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = ? AND backend_start < ?")) {
            query.setString(1, application);
            query.setTimestamp(2, before);
            return number(query);
        }
    }

    /** Blocks until there are as many connections of that name; fails where there are not within 30 s. */
    void awaitConnections(String application, int count) throws SQLException, InterruptedException {
        long deadline = System.nanoTime() + SIZE_LIMIT.toNanos();
        long seen = connections(application, now());
        while (seen != count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the server sees %d connections instead of %d".formatted(seen, count));
            }
            TimeUnit.MILLISECONDS.sleep(20);
            seen = connections(application, now());
        }
    }

    private static long number(PreparedStatement query) throws SQLException {
        try (ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public void close() throws SQLException {
        own.close();
    }
}
