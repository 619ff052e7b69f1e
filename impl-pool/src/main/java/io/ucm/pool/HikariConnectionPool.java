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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A pool of HikariCP. Uses {@link HikariPool} itself, whose {@code getConnection} takes a timeout for each borrow and
 * has no floor of 250 ms. The library asks a connection that was idle for half a
 * second whether it lives; that can't be set for one pool.
 */
final class HikariConnectionPool implements ConnectionPool {

    /** How many connections can be asked for at once: the library makes its queue as long as a pool's first maximum. */
    private static final int QUEUE = 10_000;

    /** The library draws a jitter of a fifth of it. */
    private static final long LEAST_KEEPALIVE_MS = 100;

    private final HikariPool pool;
    private final HikariConfig config;
    private final ConnectionAhead ahead;
    private final AtomicBoolean closed = new AtomicBoolean();

    private HikariConnectionPool(HikariPool pool, HikariConfig config, ConnectionAhead ahead) {
        this.pool = pool;
        this.config = config;
        this.ahead = ahead;
    }

    static HikariConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        AtomicReference<@Nullable HikariConnectionPool> itself = new AtomicReference<>();
        ConnectionAhead ahead = new ConnectionAhead(settings.name(), source, () -> missing(itself.get()));
        HikariConfig config = new HikariConfig();
        config.setPoolName(settings.name());
        config.setDataSource(new SourceDataSource(ahead));
        config.setMaximumPoolSize(Math.max(QUEUE, settings.size()));
        config.setMinimumIdle(settings.size());
        config.setMaxLifetime(0);
        config.setKeepaliveTime(0);
        try {
            config.validate();
            // Only now: validate() takes whatever is shorter than 30 s for none.
            config.setKeepaliveTime(keepalive(settings));
            HikariConnectionPool opened = new HikariConnectionPool(new HikariPool(config), config, ahead);
            opened.resize(settings.size());
            itself.set(opened);
            return opened;
        } catch (PoolInitializationException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** How many connections it has too few; 0 while it is being opened. */
    private static int missing(@Nullable HikariConnectionPool opened) {
        return opened == null ? 0 : opened.config.getMaximumPoolSize() - opened.pool.getTotalConnections();
    }

    private static long keepalive(PoolSettings settings) {
        return settings.keepalive().isZero()
                ? 0
                : Math.max(LEAST_KEEPALIVE_MS, settings.keepalive().toMillis());
    }

    @Override
    public Connection getConnection(Duration timeout) throws SQLException {
        return pool.getConnection(Math.max(1, timeout.toMillis()));
    }

    @Override
    public void evict(Connection lent) {
        pool.evictConnection(lent);
    }

    /** The library opens one each 30 ms, and looks for what is missing at once only where somebody asks for it. */
    @Override
    public synchronized void resize(int size) {
        config.setMinimumIdle(size);
        config.setMaximumPoolSize(size);
        ahead.trim();
        closeIdle(size);
        for (int missing = size - pool.getTotalConnections(); missing > 0; missing--) {
            pool.addBagItem(Integer.MAX_VALUE);
        }
    }

    private void closeIdle(int size) {
        while (pool.getTotalConnections() > size && pool.getIdleConnections() > 0) {
            try {
                pool.evictConnection(pool.getConnection(1));
            } catch (SQLException e) {
                return; // Somebody else has it.
            }
        }
    }

    @Override
    public PoolStats stats() {
        return new PoolStats(
                pool.getActiveConnections(),
                pool.getIdleConnections(),
                pool.getThreadsAwaitingConnection(),
                config.getMaximumPoolSize());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            ahead.close();
            try {
                pool.shutdown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
