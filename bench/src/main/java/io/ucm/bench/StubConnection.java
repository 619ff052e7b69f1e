// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.forwarder.Forward;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection to a {@link StubServer}: it remembers what was set. What no pool asks for is not supported. */
@Forward(Connection.class)
final class StubConnection extends ForwardingConnection {

    private final StubServer server;
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = TRANSACTION_READ_COMMITTED;
    private int holdability = ResultSet.CLOSE_CURSORS_AT_COMMIT;
    private int networkTimeout;
    private String schema = "public";
    private volatile boolean closed;

    /** Written by its user's thread only. */
    private long queries;

    StubConnection(StubServer server) {
        this.server = server;
    }

    long queries() {
        return queries;
    }

    /** As PostgreSQL does: the isolation level is a setting of the session. */
    void resetAll() {
        isolation = TRANSACTION_READ_COMMITTED;
    }

    long query(long parameter) {
        queries++;
        server.query();
        return StubServer.answer(parameter);
    }

    @Override
    Connection delegate() throws SQLException {
        throw new SQLFeatureNotSupportedException("the stub does not need it");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("is no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public Statement createStatement() {
        return new StubStatement(this, "");
    }

    @Override
    public PreparedStatement prepareStatement(String sql) {
        return new StubStatement(this, sql);
    }

    /** For questions to the catalog, which does not look at it. */
    @Override
    public Array createArrayOf(String type, Object[] elements) {
        return (Array) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Array.class}, (self, method, arguments) -> null);
    }

    @Override
    public void setAutoCommit(boolean on) {
        autoCommit = on;
    }

    @Override
    public boolean getAutoCommit() {
        return autoCommit;
    }

    @Override
    public void commit() {}

    @Override
    public void rollback() {}

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void abort(Executor executor) {
        closed = true;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isValid(int seconds) {
        return !closed;
    }

    @Override
    public @Nullable SQLWarning getWarnings() {
        return null;
    }

    @Override
    public void clearWarnings() {}

    @Override
    public void setReadOnly(boolean on) {
        readOnly = on;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public void setTransactionIsolation(int level) {
        isolation = level;
    }

    @Override
    public int getTransactionIsolation() {
        return isolation;
    }

    @Override
    public void setHoldability(int value) {
        holdability = value;
    }

    @Override
    public int getHoldability() {
        return holdability;
    }

    @Override
    public void setNetworkTimeout(Executor executor, int milliseconds) {
        networkTimeout = milliseconds;
    }

    @Override
    public int getNetworkTimeout() {
        return networkTimeout;
    }

    @Override
    public void setSchema(String name) {
        schema = name;
    }

    @Override
    public String getSchema() {
        return schema;
    }

    @Override
    public void setCatalog(String name) {}

    @Override
    public String getCatalog() {
        return "stub";
    }

    @Override
    public Map<String, Class<?>> getTypeMap() {
        return new HashMap<>();
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) {}

    @Override
    public void beginRequest() {}

    @Override
    public void endRequest() {}

    @Override
    public void setClientInfo(String name, String value) {}

    @Override
    public void setClientInfo(Properties properties) {}
}
