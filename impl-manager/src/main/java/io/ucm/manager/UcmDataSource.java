// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A manager's connections for one bundle that knows JDBC only. Thread-safe. */
final class UcmDataSource implements DataSource {

    private final Manager manager;
    private final Consumer consumer;

    UcmDataSource(Manager manager, Consumer consumer) {
        this.manager = manager;
        this.consumer = consumer;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return manager.lender().lend(consumer);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "pool '%s': the role comes with the mode; call getConnection()".formatted(manager.key()));
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    /** Ignored: UCM logs through SLF4J. */
    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "pool '%s': the acquire timeout comes with the mode (acquire.timeout.ms)".formatted(manager.key()));
    }

    /** The mode's acquire timeout in whole seconds, rounded up. */
    @Override
    public int getLoginTimeout() {
        return (int) manager.mode().acquireTimeout().plusMillis(999).toSeconds();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("UCM logs through SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("pool '%s': is no %s".formatted(manager.key(), type.getName()));
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public String toString() {
        return "pool '%s': connections for bundle %s".formatted(manager.key(), consumer);
    }
}
