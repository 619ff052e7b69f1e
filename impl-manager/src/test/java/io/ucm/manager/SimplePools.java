// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.PoolStats;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.PoolSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The simplest pool that keeps the contract; remembers the pools that it opened. */
final class SimplePools implements ConnectionPoolFactory {

    final List<SimplePool> opened = new CopyOnWriteArrayList<>();

    @Override
    public ConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        SimplePool pool = new SimplePool(settings, source);
        opened.add(pool);
        return pool;
    }

    /** How often a connection to that node was borrowed. */
    int borrowsAt(String node) {
        return opened.stream()
                .filter(pool -> pool.isTo(node))
                .mapToInt(pool -> pool.borrows.get())
                .sum();
    }

    static final class SimplePool implements ConnectionPool {

        private final PoolSettings settings;
        private final ConnectionSource source;
        private final Deque<Connection> idle = new ArrayDeque<>();
        private final Set<Lent> lent = new HashSet<>();
        private final AtomicInteger borrows = new AtomicInteger();
        private final ExecutorService filler = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "filler");
            thread.setDaemon(true);
            return thread;
        });
        private volatile int size;
        volatile boolean closed;

        SimplePool(PoolSettings settings, ConnectionSource source) throws SQLException {
            this.settings = settings;
            this.size = settings.size();
            this.source = source;
            idle.add(source.open());
            filler.execute(this::fill);
        }

        boolean isTo(String node) {
            return settings.name().endsWith("@" + node);
        }

        /** Opens what is missing, however long that takes. */
        private void fill() {
            while (missing()) {
                try {
                    Connection opened = source.open();
                    synchronized (this) {
                        if (closed) {
                            closeQuietly(opened);
                        } else {
                            idle.add(opened);
                            notifyAll();
                        }
                    }
                } catch (SQLException e) {
                    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                }
            }
        }

        private synchronized boolean missing() {
            return !closed && idle.size() + lent.size() < size;
        }

        @Override
        public synchronized Connection getConnection(Duration timeout) throws SQLException {
            if (lent.size() >= size) {
                throw new AssertionError("the gate let more through than the pool has connections");
            }
            long deadline = System.nanoTime() + timeout.toNanos();
            while (idle.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || closed) {
                    throw new SQLTransientConnectionException("no connection");
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    throw new SQLTransientConnectionException(e);
                }
            }
            borrows.incrementAndGet();
            Lent out = new Lent(idle.pop());
            lent.add(out);
            return out;
        }

        @Override
        public void evict(Connection connection) {
            synchronized (this) {
                lent.remove((Lent) connection);
            }
            closeQuietly(((Lent) connection).delegate());
            if (!closed) {
                filler.execute(this::fill);
            }
        }

        @Override
        public synchronized void resize(int changed) {
            size = changed;
            while (idle.size() + lent.size() > size && !idle.isEmpty()) {
                closeQuietly(idle.pop());
            }
            filler.execute(this::fill);
        }

        @Override
        public synchronized PoolStats stats() {
            return new PoolStats(lent.size(), idle.size(), 0, size);
        }

        @Override
        public synchronized void close() {
            closed = true;
            filler.shutdown();
            notifyAll();
            idle.forEach(SimplePool::closeQuietly);
            idle.clear();
            lent.forEach(out -> closeQuietly(out.delegate()));
        }

        private static void closeQuietly(Connection connection) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }

        private final class Lent extends ForwardingConnection {

            private final Connection connection;

            Lent(Connection connection) {
                this.connection = connection;
            }

            @Override
            Connection delegate() {
                return connection;
            }

            @Override
            public <T> T unwrap(Class<T> type) throws SQLException {
                return type.cast(connection);
            }

            @Override
            public void close() {
                synchronized (SimplePool.this) {
                    lent.remove(this);
                    if (idle.size() + lent.size() < size) {
                        idle.push(connection);
                    } else {
                        closeQuietly(connection);
                    }
                }
            }

            @Override
            public void setClientInfo(String name, String value) {
                throw new AssertionError();
            }

            @Override
            public void setClientInfo(java.util.Properties properties) {
                throw new AssertionError();
            }
        }
    }
}
