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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of Agroal, which fills itself as {@link SelfFilling} says. Its housekeeper is one thread: it opens, closes and
 * validates one connection after the other; where several are missing, other threads open beside it. Thread-safe.
 *
 * <p>Invariant: no connection outlives {@link #close()}, or is forgotten. The library adds one that it was just opening
 * even after its end: {@code closed} is set before that end, and read by each addition after it. It drops one that breaks
 * while it is added: {@code fresh} has it until then, by the thread that opens it. And there are never more than the pool's
 * size, whoever opens them: {@code places} counts those that are open or being opened.
 */
final class AgroalConnectionPool implements io.ucm.spi.ConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(AgroalConnectionPool.class);

    /** After a failure to connect. */
    private static final long RETRY_MS = 250;

    /** Beside the housekeeper. */
    private static final int OPENERS = 7;

    /** Another thread was first. */
    private static final class Full extends SQLException {

        private static final long serialVersionUID = 1L;
    }

    private final String name;
    private final SelfFilling configuration;
    private final ScheduledExecutorService timer;
    private final Executor openers;
    private final AtomicInteger places = new AtomicInteger();
    private final io.agroal.pool.ConnectionPool pool;
    private final Map<Thread, Connection> fresh = new ConcurrentHashMap<>();
    private volatile @Nullable SQLException failure;
    private final AtomicBoolean closed = new AtomicBoolean();

    private AgroalConnectionPool(
            PoolSettings settings, ConnectionSource source, ScheduledExecutorService timer, Executor openers) {
        this.name = settings.name();
        this.timer = timer;
        this.openers = openers;
        this.configuration = new SelfFilling(settings.size(), settings.keepalive());
        this.pool = SourceDataSource.bring(
                () -> opened(source), () -> new io.agroal.pool.ConnectionPool(configuration, new Events()));
        // Else it does not count what is lent.
        pool.onMetricsEnabled(true);
        pool.init();
    }

    /**
     * @param timer for another attempt after a failure to connect
     * @param openers opens beside the housekeeper
     */
    static AgroalConnectionPool open(
            PoolSettings settings, ConnectionSource source, ScheduledExecutorService timer, Executor openers)
            throws SQLException {
        AgroalConnectionPool opened = new AgroalConnectionPool(settings, source, timer, openers);
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
        if (!takePlace()) {
            throw new Full();
        }
        try {
            Connection connection = source.open();
            fresh.put(Thread.currentThread(), connection);
            return connection;
        } catch (SQLException | RuntimeException | Error e) {
            places.decrementAndGet();
            throw e;
        }
    }

    private boolean takePlace() {
        for (int now = places.get(); now < configuration.minSize(); now = places.get()) {
            if (places.compareAndSet(now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** In the calling thread. */
    private void openOne() throws SQLException {
        pool.isHealthy(true);
    }

    private void fill() {
        try {
            // A server that has just refused is asked by two at a time.
            int beside = Math.min(missing() - 1, failure == null ? OPENERS : 1);
            pool.flushPool(FlushMode.FILL);
            for (int opener = 0; opener < beside; opener++) {
                openers.execute(this::openAll);
            }
        } catch (RejectedExecutionException e) {
            LOG.debug("pool '{}' is closed", name);
        }
    }

    private int missing() {
        return configuration.minSize() - places.get();
    }

    private void openAll() {
        try {
            while (!closed.get() && missing() > 0) {
                openOne();
            }
        } catch (SQLException e) {
            LOG.debug("pool '{}': one opener less", name, e);
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

    private void fillAfter(long milliseconds) {
        try {
            timer.schedule(this::fill, milliseconds, TimeUnit.MILLISECONDS);
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
            if (isFull(why)) {
                return;
            }
            failure = why;
            Connection broken = fresh.remove(Thread.currentThread());
            if (broken != null) {
                places.decrementAndGet();
                closeQuietly(broken);
            }
            if (!closed.get()) {
                fillAfter(RETRY_MS);
            }
        }

        private boolean isFull(SQLException why) {
            return why instanceof Full || why.getCause() instanceof Full;
        }

        @Override
        public void onConnectionDestroy(Connection connection) {
            places.decrementAndGet();
            if (!closed.get() && missing() > 0) {
                fillAfter(0);
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
