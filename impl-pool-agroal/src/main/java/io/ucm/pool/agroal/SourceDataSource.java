// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.ucm.spi.ConnectionSource;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConnectionSource} in the shape that Agroal takes: a class, of which it makes the object itself. That happens in
 * the thread that makes the pool, so the thread brings the source along.
 */
public final class SourceDataSource implements DataSource {

    private static final ThreadLocal<ConnectionSource> BROUGHT = new ThreadLocal<>();

    private final ConnectionSource source;

    /** For Agroal, inside {@link #bring}. */
    public SourceDataSource() {
        source = Objects.requireNonNull(BROUGHT.get(), "made without a source");
    }

    /** What is made meanwhile, in this thread, opens connections from that source. */
    static <T> T bring(ConnectionSource source, Supplier<T> made) {
        BROUGHT.set(source);
        try {
            return made.get();
        } finally {
            BROUGHT.remove();
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return source.open();
    }

    @Override
    public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
        return source.open();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    /** The source has a connect timeout of its own. */
    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("logs through SLF4J");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("is no " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
