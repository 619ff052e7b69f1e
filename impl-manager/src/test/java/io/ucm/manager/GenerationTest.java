// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
