// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.ConnectionPoolDataSource;
import javax.sql.DataSource;
import javax.sql.XADataSource;
import org.jspecify.annotations.Nullable;
import org.osgi.service.jdbc.DataSourceFactory;

/**
 * A driver without a database: what a pool adds to JDBC is all there is to measure. The last part of the URL names the
 * {@link StubServer}.
 */
public final class StubDriver implements Driver, DataSourceFactory {

    static final String PREFIX = "jdbc:stub:";

    static {
        try {
            DriverManager.registerDriver(new StubDriver());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private final String prefix;

    public StubDriver() {
        this(PREFIX);
    }

    /** @param prefix how the URLs begin that it takes: UCM's are PostgreSQL's */
    StubDriver(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public @Nullable Connection connect(String url, @Nullable Properties properties) {
        return acceptsURL(url)
                ? StubServer.named(url.replaceFirst(".*[:/]", "")).connect()
                : null;
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(prefix);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 1;
    }

    @Override
    public int getMinorVersion() {
        return 0;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("does not log");
    }

    @Override
    public Driver createDriver(@Nullable Properties properties) {
        return this;
    }

    @Override
    public DataSource createDataSource(Properties properties) throws SQLException {
        throw new SQLFeatureNotSupportedException("createDriver only");
    }

    @Override
    public ConnectionPoolDataSource createConnectionPoolDataSource(Properties properties) throws SQLException {
        throw new SQLFeatureNotSupportedException("createDriver only");
    }

    @Override
    public XADataSource createXADataSource(Properties properties) throws SQLException {
        throw new SQLFeatureNotSupportedException("createDriver only");
    }
}
