// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.bench.Contestant.Opened;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What pools must have in common before their figures may stand in one table. */
final class Alike {

    private Alike() {}

    /**
     * Fails unless it lends that many connections at once, all of its own, and no borrower sees what the last one left:
     * autocommit switched off, an isolation level.
     */
    static void check(Opened pool, int size, StubServer server) throws SQLException {
        for (Connection connection : borrow(pool, size)) {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.close();
        }
        List<Connection> next = borrow(pool, size);
        for (Connection connection : next) {
            require(pool.contestant(), connection.getAutoCommit(), "lends a connection with autocommit off");
            require(
                    pool.contestant(),
                    connection.getTransactionIsolation() == Connection.TRANSACTION_READ_COMMITTED,
                    "lends a connection with another isolation level");
            connection.close();
        }
        checkSize(pool.contestant(), size, server);
    }

    /** Fails unless exactly that many connections are open. */
    static void checkSize(Contestant contestant, int size, StubServer server) {
        long open = server.connections().stream()
                .filter(connection -> !connection.isClosed())
                .count();
        require(contestant, open == size, "has " + open + " connections instead of " + size);
    }

    private static List<Connection> borrow(Opened pool, int size) throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            borrowed.add(pool.dataSource().getConnection());
        }
        return borrowed;
    }

    private static void require(Contestant contestant, boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(contestant.name() + " can't be compared: it " + otherwise);
        }
    }
}
