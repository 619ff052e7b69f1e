// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.PoolSettings;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Fills the slot {@code pool} with Agroal, where nothing better is installed or it is chosen. */
@Component(property = "service.ranking:Integer=-100")
public final class AgroalConnectionPoolFactory implements ConnectionPoolFactory {

    private static final int LINGER_SECONDS = 5;

    private final ScheduledThreadPoolExecutor timer;

    /** Opens connections beside the housekeepers of the pools. */
    private final ExecutorService openers;

    @Activate
    public AgroalConnectionPoolFactory() {
        timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "ucm-agroal-refill"));
        timer.setRemoveOnCancelPolicy(true);
        openers = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                LINGER_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> daemon(task, "ucm-agroal-opener"));
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public ConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        return AgroalConnectionPool.open(settings, source, timer, openers);
    }

    /** Pools that are still open live on, but fill up no more by themselves after a failure. */
    @Deactivate
    void deactivate() {
        timer.shutdownNow();
        openers.shutdown();
    }
}
