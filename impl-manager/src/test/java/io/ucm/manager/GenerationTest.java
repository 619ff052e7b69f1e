// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.PoolStats;
import io.ucm.spi.ConnectionPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class GenerationTest {

    private final Generation generation =
            new Generation(null, null, new Connections(Runnable::run), null, 1, (node, failure) -> {});

    @Test
    void isDrainedAtOnceWhenNothingIsOut() {
        generation.retire();

        assertThat(generation.drained()).isCompleted();
        assertThat(generation.enter()).isFalse();
    }

    @Test
    void hasNoPlaceForMoreThanItsConnections() {
        generation.enter();
        assertThat(generation.hasPlace()).isTrue();

        generation.enter();
        assertThat(generation.hasPlace()).isFalse();
        generation.exit();
        assertThat(generation.hasPlace()).isTrue();
    }

    @Test
    void isDrainedWhenTheLastBorrowComesBack() {
        generation.enter();
        generation.enter();
        generation.retire();
        generation.retire();

        generation.exit();
        assertThat(generation.drained()).isNotCompleted();
        assertThat(generation.borrowed()).isOne();
        generation.exit();
        assertThat(generation.drained()).isCompleted();
    }

    @RepeatedTest(20)
    void nobodyIsInsideWhenItIsDrained() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<?>[] callers = new CompletableFuture<?>[4];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = CompletableFuture.runAsync(() -> {
                awaitQuietly(go);
                while (generation.enter()) {
                    inside.incrementAndGet();
                    inside.decrementAndGet();
                    generation.exit();
                }
            });
        }
        CompletableFuture<Integer> seen = generation.drained().thenApply(drained -> inside.get());
        go.countDown();
        generation.retire();

        assertThat(seen.get(10, TimeUnit.SECONDS)).isZero();
        CompletableFuture.allOf(callers).get(10, TimeUnit.SECONDS);
    }

    /** Who closes what is idle may have decided so before it grew. */
    @Test
    void thePoolIsNeverSmallerThanWhatMayBeLent() throws Exception {
        AtomicInteger size = new AtomicInteger(1);
        Generation sized =
                new Generation(null, new Sized(size), new Connections(Runnable::run), null, 1, (node, failure) -> {});
        sized.limit(4);
        assertThat(size).hasValue(4);

        sized.closeBeyond(2);
        assertThat(size).hasValue(4);

        sized.limit(2);
        assertThat(size).as("a try may want them again").hasValue(4);
        sized.closeBeyond(3);
        assertThat(size).hasValue(3);
        sized.closeBeyond(1);
        assertThat(size).hasValue(2);
    }

    /** Knows its size only. */
    private record Sized(AtomicInteger size) implements ConnectionPool {

        @Override
        public Connection getConnection(Duration timeout) throws SQLException {
            throw new SQLException("there is none");
        }

        @Override
        public void evict(Connection lent) {}

        @Override
        public void resize(int now) {
            size.set(now);
        }

        @Override
        public PoolStats stats() {
            return new PoolStats(0, 0, 0, size.get());
        }

        @Override
        public void close() {}
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
