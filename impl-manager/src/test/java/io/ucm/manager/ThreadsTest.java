// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThreadsTest {

    @Test
    void aThousandMessagesAreNoThousandThreads() throws Exception {
        try (Threads threads = new Threads()) {
            CountDownLatch go = new CountDownLatch(1);
            List<Future<?>> messages = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                messages.add(threads.messengers().submit(() -> go.await(30, TimeUnit.SECONDS)));
            }

            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("ucm-messenger-"))
                    .hasSizeLessThanOrEqualTo(64);

            go.countDown();
            for (Future<?> message : messages) {
                message.get(30, TimeUnit.SECONDS);
            }
        }
    }

    /** Who is told that a call has failed may wait for the next one, which fails too. */
    @Test
    void messagesThatBlockAreInNobodysWay() throws Exception {
        try (Threads threads = new Threads()) {
            CountDownLatch last = new CountDownLatch(1);
            for (int i = 0; i < 20; i++) {
                threads.messengers().execute(() -> awaitUnchecked(last));
            }

            threads.messengers().execute(last::countDown);

            assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aThreadWithoutWorkEndsSoonBecauseItMayKeepADriversClasses() throws Exception {
        try (Threads threads = new Threads()) {
            Thread worker = threads.workers().submit(Thread::currentThread).get(30, TimeUnit.SECONDS);
            Thread background =
                    threads.background().submit(Thread::currentThread).get(30, TimeUnit.SECONDS);

            worker.join(10_000);
            background.join(10_000);

            assertThat(worker.isAlive()).isFalse();
            assertThat(background.isAlive()).isFalse();
        }
    }
}
