// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.pool.HikariPool;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.ucm.api.PoolStats;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.PoolSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A pool of HikariCP. Uses {@link HikariPool} itself, whose {@code getConnection} takes a timeout for each borrow and
 * has no floor of 250 ms. A connection that was idle for more than half a second is validated before it is lent.
 */
final class HikariConnectionPool implements ConnectionPool {

    private final HikariPool pool;
    private final int max;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HikariConnectionPool(HikariPool pool, int max) {
        this.pool = pool;
        this.max = max;
    }

    static HikariConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setDataSource(new SourceDataSource(source));
        config.setMaximumPoolSize(settings.size());
        config.setMinimumIdle(settings.size());
        config.setMaxLifetime(settings.maxLifetime().toMillis());
        try {
            config.validate();
            return new HikariConnectionPool(new HikariPool(config), settings.size());
        } catch (PoolInitializationException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public Connection getConnection(Duration timeout) throws SQLException {
        return pool.getConnection(Math.max(1, timeout.toMillis()));
    }

    @Override
    public void evict(Connection lent) {
        pool.evictConnection(lent);
    }

    @Override
    public PoolStats stats() {
        return new PoolStats(
                pool.getActiveConnections(), pool.getIdleConnections(), pool.getThreadsAwaitingConnection(), max);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                pool.shutdown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
