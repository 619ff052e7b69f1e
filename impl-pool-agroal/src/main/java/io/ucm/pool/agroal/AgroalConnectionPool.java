// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.agroal.api.AgroalDataSource.FlushMode;
import io.agroal.api.AgroalDataSourceListener;
import io.ucm.api.PoolStats;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.PoolSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of Agroal, which fills itself as {@link SelfFilling} says. Its housekeeper is one thread: it opens, closes and
 * validates one connection after the other. Thread-safe.
 *
 * <p>Invariant: no connection outlives {@link #close()}, or is forgotten. The library adds one that it was just opening
 * even after its end: {@code closed} is set before that end, and read by each addition after it. It drops one that breaks
 * while it is added: {@code fresh} has it until then, by the thread that opens it.
 */
final class AgroalConnectionPool implements io.ucm.spi.ConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(AgroalConnectionPool.class);

    /** After a failure to connect. */
    private static final long RETRY_MS = 250;

    private final String name;
    private final SelfFilling configuration;
    private final ScheduledExecutorService timer;
    private final io.agroal.pool.ConnectionPool pool;
    private final Map<Thread, Connection> fresh = new ConcurrentHashMap<>();
    private volatile @Nullable SQLException failure;
    private final AtomicBoolean closed = new AtomicBoolean();

    private AgroalConnectionPool(PoolSettings settings, ConnectionSource source, ScheduledExecutorService timer) {
        this.name = settings.name();
        this.timer = timer;
        this.configuration = new SelfFilling(settings.size(), settings.keepalive());
        this.pool = SourceDataSource.bring(
                () -> opened(source), () -> new io.agroal.pool.ConnectionPool(configuration, new Events()));
        // Else it does not count what is lent.
        pool.onMetricsEnabled(true);
        pool.init();
    }

    /** @param timer for another attempt after a failure to connect */
    static AgroalConnectionPool open(PoolSettings settings, ConnectionSource source, ScheduledExecutorService timer)
            throws SQLException {
        AgroalConnectionPool opened = new AgroalConnectionPool(settings, source, timer);
        try {
            opened.openOne();
            opened.fill();
            return opened;
        } catch (SQLException | RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private Connection opened(ConnectionSource source) throws SQLException {
        Connection connection = source.open();
        fresh.put(Thread.currentThread(), connection);
        return connection;
    }

    /** In the calling thread. */
    private void openOne() throws SQLException {
        pool.isHealthy(true);
    }

    private void fill() {
        try {
            pool.flushPool(FlushMode.FILL);
        } catch (RejectedExecutionException e) {
            LOG.debug("pool '{}' is closed", name);
        }
    }

    @Override
    public Connection getConnection(Duration timeout) throws SQLException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                return pool.getConnection();
            } catch (SQLException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new SQLTransientConnectionException(
                            "pool '%s': interrupted while waiting for a connection".formatted(name), "08001", e);
                }
                if (closed.get() || System.nanoTime() - deadline >= 0) {
                    SQLException cause = failure;
                    throw new SQLTransientConnectionException(
                            "pool '%s': no connection within %d ms".formatted(name, timeout.toMillis()),
                            "08001",
                            cause != null ? cause : e);
                }
            }
        }
    }

    @Override
    public void evict(Connection lent) {
        try (lent) {
            lent.unwrap(Connection.class).close();
        } catch (SQLException e) {
            LOG.debug("pool '{}': a connection could not be closed in good order", name, e);
        }
    }

    @Override
    public void resize(int size) {
        configuration.setMinSize(size);
        pool.flushPool(FlushMode.IDLE);
        fill();
    }

    @Override
    public PoolStats stats() {
        int active = (int) pool.activeCount();
        return new PoolStats(
                active, Math.max(0, (int) pool.availableCount()), (int) pool.awaitingCount(), configuration.minSize());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            pool.close();
        }
    }

    private void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("pool '{}': a connection could not be closed in good order", name, e);
        }
    }

    private void fillLater() {
        try {
            timer.schedule(AgroalConnectionPool.this::fill, RETRY_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("pool '{}': its bundle has stopped", name);
        }
    }

    /** What Agroal says of itself. On any thread. */
    private final class Events implements AgroalDataSourceListener {

        @Override
        public void onConnectionPooled(Connection connection) {
            fresh.remove(Thread.currentThread());
            failure = null;
            if (closed.get()) {
                closeQuietly(connection);
            }
        }

        @Override
        public void onConnectionCreationFailure(SQLException why) {
            failure = why;
            Connection broken = fresh.remove(Thread.currentThread());
            if (broken != null) {
                closeQuietly(broken);
            }
            if (!closed.get()) {
                fillLater();
            }
        }

        @Override
        public void onWarning(String message) {
            LOG.debug("pool '{}': {}", name, message);
        }

        @Override
        public void onWarning(Throwable throwable) {
            LOG.debug("pool '{}'", name, throwable);
        }
    }
}
