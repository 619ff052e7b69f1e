// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The statements of one borrow that its user has not closed yet. Thread-safe. */
final class OpenStatements {

    /** Guarded by itself. */
    private final List<Statement> open = new ArrayList<>(2);

    void add(Statement statement) {
        synchronized (open) {
            open.add(statement);
        }
    }

    void remove(Statement statement) {
        synchronized (open) {
            open.remove(statement);
        }
    }

    int count() {
        synchronized (open) {
            return open.size();
        }
    }

    /** Closes what was left open; false when one can't be closed. */
    boolean close() {
        List<Statement> left;
        synchronized (open) {
            if (open.isEmpty()) {
                return true;
            }
            left = List.copyOf(open);
            open.clear();
        }
        boolean closed = true;
        for (Statement statement : left) {
            try {
                statement.close();
            } catch (SQLException e) {
                closed = false;
            }
        }
        return closed;
    }
}
