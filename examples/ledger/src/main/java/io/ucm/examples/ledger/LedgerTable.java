// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.SqlWork;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The SQL of one run, as work for a manager. */
final class LedgerTable {

    /** Two containers may create it at once; the lock lets one do it. */
    private static final String CREATE = """
            SELECT pg_advisory_xact_lock(hashtext('ledger_entry'));
            CREATE TABLE IF NOT EXISTS ledger_entry (
                run uuid NOT NULL, id integer NOT NULL, written timestamptz NOT NULL DEFAULT now());
            CREATE INDEX IF NOT EXISTS ledger_entry_run_id ON ledger_entry (run, id);
            %s;
            DELETE FROM ledger_entry WHERE written < now() - interval '1 day'
            """;

    private final UUID run;

    LedgerTable(UUID run) {
        this.run = run;
    }

    /** @param grant what lets the run's role use it */
    static SqlWork<Boolean> create(String grant) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(CREATE.formatted(grant));
            }
        };
    }

    SqlWork<Integer> insert(int id) {
        return connection -> {
            try (PreparedStatement insert =
                    connection.prepareStatement("INSERT INTO ledger_entry (run, id) VALUES (?, ?)")) {
                insert.setObject(1, run);
                insert.setInt(2, id);
                return insert.executeUpdate();
            }
        };
    }

    SqlWork<Boolean> contains(int id) {
        return connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT 1 FROM ledger_entry WHERE run = ? AND id = ? LIMIT 1")) {
                select.setObject(1, run);
                select.setInt(2, id);
                try (ResultSet found = select.executeQuery()) {
                    return found.next();
                }
            }
        };
    }

    SqlWork<Map<Integer, Integer>> copiesById() {
        return connection -> {
            try (PreparedStatement select =
                    connection.prepareStatement("SELECT id, count(*) FROM ledger_entry WHERE run = ? GROUP BY id")) {
                select.setObject(1, run);
                select.setFetchSize(10_000);
                Map<Integer, Integer> copies = new HashMap<>();
                try (ResultSet found = select.executeQuery()) {
                    while (found.next()) {
                        copies.put(found.getInt(1), found.getInt(2));
                    }
                }
                return copies;
            }
        };
    }
}
