// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.contracts.ConnectionPoolContract;
import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.PoolSettings;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class HikariConnectionPoolTest extends ConnectionPoolContract {

    private static final PoolSettings ONE = new PoolSettings("main/TEST", 1, Duration.ZERO);

    @Override
    protected ConnectionPoolFactory factory() {
        return new HikariConnectionPoolFactory();
    }

    @Test
    void opensTheNextConnectionWhileTheLibraryPauses() throws Exception {
        ConnectionPool pool = open(ONE);
        Queue<String> openers = new ConcurrentLinkedQueue<>();
        openSlowly(() -> openers.add(Thread.currentThread().getName()));

        pool.resize(6);

        Awaitility.await().until(() -> pool.stats().idle() == 6);
        assertThat(openers).hasSize(5);
        assertThat(openers.stream().filter(name -> name.equals("main/TEST connection ahead")))
                .hasSize(4);
    }

    @Test
    void keepsNoConnectionThatWasAheadAtItsEnd() throws Exception {
        ConnectionPool pool = open(ONE);
        CountDownLatch ahead = new CountDownLatch(1);
        CountDownLatch atTheEnd = new CountDownLatch(1);
        openSlowly(() -> {
            if (Thread.currentThread().getName().endsWith("ahead")) {
                ahead.countDown();
                atTheEnd.await();
            }
        });
        pool.resize(9);
        ahead.await();

        pool.close();

        atTheEnd.countDown();
    }
}
