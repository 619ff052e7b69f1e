// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels.Lookup;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Many threads of two containers load and invalidate under a judge who knows the version of each key in the database:
 * when an invalidation is done, no read of that container that begins then finds an older version; and at the end nobody
 * has an old one.
 */
class RaceTest {

    private static final int KEYS = 6;
    private static final int READERS = 5;
    private static final int WRITERS = 2;
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(2_000);

    private final AtomicLong[] database = counters();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    /** What one container's readers may rely on: for each key the latest version whose invalidation is done. */
    private record Judged(Container container, AtomicLong[] floors) {}

    @Test
    void nothingOlderThanAFinishedInvalidationIsFound() throws Exception {
        try (RedisServer redis = RedisServer.start();
                Container one = Container.on(redis, Map.of("timeout.ms", 10_000));
                Container two = Container.on(redis, Map.of("timeout.ms", 10_000))) {
            List<Judged> containers = List.of(new Judged(one, counters()), new Judged(two, counters()));
            ExecutorService threads = Executors.newCachedThreadPool();
            long end = System.nanoTime() + NANOS;
            List<Future<Long>> running = new ArrayList<>();
            for (Judged judged : containers) {
                IntStream.range(0, READERS).forEach(i -> running.add(threads.submit(() -> read(judged, end))));
                IntStream.range(0, WRITERS).forEach(i -> running.add(threads.submit(() -> write(judged, end))));
            }
            long calls = 0;
            for (Future<Long> thread : running) {
                calls += thread.get(60, TimeUnit.SECONDS);
            }
            threads.shutdown();

            assertThat(violations).isEmpty();
            assertThat(calls).isGreaterThan(1_000);
            assertThat(one.figures().nearHits.sum()).as("contention").isPositive();
            assertThat(one.figures().refusedFills.sum()).as("contention").isPositive();
            nothingOldIsLeft(containers);
        }
    }

    private long read(Judged judged, long end) {
        long calls = 0;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (System.nanoTime() < end) {
            int i = random.nextInt(KEYS);
            CacheKey key = Container.key("k" + i);
            long floor = judged.floors()[i].get();
            Lookup found = Container.answer(judged.container().levels().get(key));
            if (found.value() != null) {
                judge(i, version(found.value()), floor);
            } else if (found.lease() != null) {
                long loaded = database[i].get();
                LockSupport.parkNanos(random.nextInt(300_000));
                judged.container().levels().fill(key, found.lease(), bytes(loaded), null);
            }
            calls++;
        }
        return calls;
    }

    private long write(Judged judged, long end) {
        long calls = 0;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        while (System.nanoTime() < end) {
            int i = random.nextInt(KEYS);
            long version = database[i].incrementAndGet();
            Container.answer(judged.container().levels().invalidate(List.of(Container.key("k" + i))));
            judged.floors()[i].accumulateAndGet(version, Math::max);
            LockSupport.parkNanos(random.nextInt(1_500_000));
            calls++;
        }
        return calls;
    }

    private void judge(int key, long found, long floor) {
        if (found < floor) {
            violations.add("k%d: found version %d after %d was invalidated".formatted(key, found, floor));
        }
    }

    /** What Redis still had to say has been said when a later change has been heard of. */
    private void nothingOldIsLeft(List<Judged> containers) {
        containers.get(0).container().load("last", "v");
        containers.get(1).container().get("last");
        containers.get(0).container().invalidate("last");
        Awaitility.await().until(() -> containers.get(1).container().get("last") == null);
        containers.get(1).container().load("last", "v");
        containers.get(0).container().get("last");
        containers.get(1).container().invalidate("last");
        Awaitility.await().until(() -> containers.get(0).container().get("last") == null);
        for (Judged judged : containers) {
            for (int i = 0; i < KEYS; i++) {
                byte[] value = Container.answer(judged.container().levels().get(Container.key("k" + i)))
                        .value();
                assertThat(value == null ? database[i].get() : version(value))
                        .as("k%d", i)
                        .isEqualTo(database[i].get());
            }
        }
    }

    private static AtomicLong[] counters() {
        return IntStream.range(0, KEYS).mapToObj(i -> new AtomicLong()).toArray(AtomicLong[]::new);
    }

    private static byte[] bytes(long version) {
        return ByteBuffer.allocate(Long.BYTES).putLong(version).array();
    }

    private static long version(byte[] bytes) {
        return ByteBuffer.wrap(bytes).getLong();
    }
}
