// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.PoolSettings;
import java.sql.SQLException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Fills the slot {@code pool} with Agroal, where nothing better is installed or it is chosen. */
@Component(property = "service.ranking:Integer=-100")
public final class AgroalConnectionPoolFactory implements ConnectionPoolFactory {

    private final ScheduledThreadPoolExecutor timer;

    @Activate
    public AgroalConnectionPoolFactory() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "ucm-agroal-refill");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public ConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        return AgroalConnectionPool.open(settings, source, timer);
    }

    /** Pools that are still open live on, but fill up no more by themselves after a failure. */
    @Deactivate
    void deactivate() {
        timer.shutdownNow();
    }
}
