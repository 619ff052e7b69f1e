// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool.agroal;

import io.ucm.api.PoolStats;
import io.ucm.contracts.ConnectionPoolContract;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.PoolSettings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgroalConnectionPoolTest extends ConnectionPoolContract {

    private final AgroalConnectionPoolFactory factory = new AgroalConnectionPoolFactory();

    @AfterEach
    void stop() {
        factory.deactivate();
    }

    @Override
    protected ConnectionPoolFactory factory() {
        return factory;
    }

    /** Those that are being opened wait for each other. */
    @Test
    void opensSeveralAtATime() throws Exception {
        CountDownLatch all = new CountDownLatch(6);
        openSlowly(() -> {
            all.countDown();
            all.await();
        });

        ConnectionPool pool = open(new PoolSettings("main/TEST", 7, Duration.ZERO));

        Awaitility.await().until(() -> pool.stats().equals(new PoolStats(0, 7, 0, 7)));
    }
}
