// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ParallelTest {

    @Test
    void theFirstFailureInterruptsTheOthersAndIsThrownWhenTheyHaveEnded() {
        CountDownLatch waiting = new CountDownLatch(1);
        AtomicBoolean cleanedUp = new AtomicBoolean();
        assertThatThrownBy(() -> Parallel.run(
                        "test",
                        () -> {
                            waiting.await();
                            throw new IOException("broken");
                        },
                        () -> {
                            try {
                                waiting.countDown();
                                new CountDownLatch(1).await(30, TimeUnit.SECONDS);
                            } finally {
                                takeAWhile();
                                cleanedUp.set(true);
                            }
                        }))
                .isInstanceOf(IOException.class)
                .hasMessage("broken");
        assertThat(cleanedUp).isTrue();
        assertThat(TestServers.threads()).isEmpty();
    }

    private static void takeAWhile() throws InterruptedException {
        new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
    }
}
