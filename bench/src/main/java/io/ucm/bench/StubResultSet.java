// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.forwarder.Forward;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;

/** One row with one number, or none. */
@Forward(ResultSet.class)
final class StubResultSet extends ForwardingResultSet {

    private final StubStatement statement;
    private final long value;
    private boolean read;
    private boolean closed;

    StubResultSet(StubStatement statement, boolean empty, long value) {
        this.statement = statement;
        this.read = empty;
        this.value = value;
    }

    @Override
    ResultSet delegate() throws SQLException {
        throw new SQLFeatureNotSupportedException("the stub does not need it");
    }

    @Override
    public boolean next() throws SQLException {
        ensureOpen();
        boolean first = !read;
        read = true;
        return first;
    }

    @Override
    public long getLong(int column) throws SQLException {
        ensureOpen();
        return value;
    }

    @Override
    public Statement getStatement() {
        return statement;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    private void ensureOpen() throws SQLException {
        if (closed) {
            throw new SQLException("the result set is closed", "55000");
        }
    }
}
