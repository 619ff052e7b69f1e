// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.cache.Request.Fill;
import io.ucm.cache.Request.Found;
import io.ucm.cache.Request.Invalidate;
import io.ucm.cache.Request.Put;
import io.ucm.cache.Request.Read;
import io.ucm.cache.Request.RemoteLease;
import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels.Invalidated;
import io.ucm.spi.CacheLevels.Lookup;
import io.ucm.spi.CacheSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What Redis says of a key may be heard before its earlier answer has reached the near cache: the answer is old then. */
class OvertakenAnswersTest {

    private static final CacheKey KEY = Container.key("k");
    private static final byte[] OLD = {1};
    private static final byte[] NEW = {2};
    private static final RemoteLease LEASE = new RemoteLease(Envelope.id(), new byte[0], 0);

    /** Answers when the test does. */
    private final Deque<Request> asked = new ArrayDeque<>();

    private final ClusterCache cluster = new ClusterCache("orders", (name, near) -> new Held(), mode -> {});
    private final TwoLevels levels = cluster.open(
            new CacheSettings("orders", "ADMIN", 100, Duration.ofSeconds(100)),
            new Jitter(() -> 0),
            () -> 0,
            Runnable::run);

    private final class Held implements RemoteCache {

        @Override
        public void submit(Request request) {
            asked.add(request);
        }

        @Override
        public RemoteState state() {
            return new RemoteState(RemoteState.Kind.UP, "h:1", Instant.now(), null);
        }

        @Override
        public int missed() {
            return 0;
        }

        @Override
        public Invalidated untold() {
            return Invalidated.NOTHING;
        }

        @Override
        public Duration localLimit() {
            return Duration.ofSeconds(2);
        }

        @Override
        public void close() {}
    }

    @Test
    void whatRedisHadStaysInTheProcess() {
        CompletableFuture<Lookup> reading = levels.get(KEY).toCompletableFuture();
        answer(OLD);

        assertThat(reading.join().value()).isEqualTo(OLD);
        assertThat(levels.get(KEY).toCompletableFuture().join().value()).isEqualTo(OLD);
        assertThat(asked).isEmpty();
    }

    @Test
    void whatRedisHadBeforeAnInvalidationWasHeardIsNotKept() {
        levels.get(KEY);
        cluster.near().drop(KEY);
        answer(OLD);

        assertThat(levels.get(KEY).toCompletableFuture()).isNotDone();
    }

    @Test
    void whatRedisHadBeforeItEmptiedIsNotKept() {
        levels.get(KEY);
        cluster.near().empty();
        answer(OLD);

        assertThat(levels.get(KEY).toCompletableFuture()).isNotDone();
    }

    @Test
    void whatRedisTookBeforeAnInvalidationWasHeardIsNotKept() {
        fill();
        cluster.near().drop(KEY);
        next(Fill.class).answer().accept(true);

        assertThat(levels.get(KEY).toCompletableFuture()).isNotDone();
    }

    @Test
    void whatRedisRefusedIsNotKept() {
        fill();
        next(Fill.class).answer().accept(false);

        assertThat(levels.get(KEY).toCompletableFuture()).isNotDone();
    }

    @Test
    void aPutThatAnInvalidationOvertookIsNotKept() {
        levels.put(KEY, NEW, null);
        cluster.near().drop(KEY);
        next(Put.class).answer().accept(true);

        assertThat(levels.get(KEY).toCompletableFuture()).isNotDone();
    }

    @Test
    void whatIsReadDuringAnInvalidationGoesWithIt() {
        CompletableFuture<Void> invalidating = levels.invalidate(List.of(KEY)).toCompletableFuture();
        Invalidate invalidation = next(Invalidate.class);
        levels.get(KEY);
        Read read = next(Read.class);
        read.answer().accept(List.of(new Found(OLD, 1_000, LEASE)), 0L);
        assertThat(invalidating).isNotDone();
        invalidation.answer().accept(true);

        assertThat(invalidating).isDone();
        assertThat(levels.get(KEY).toCompletableFuture()).isNotDone();
    }

    private void fill() {
        CompletableFuture<Lookup> reading = levels.get(KEY).toCompletableFuture();
        answer(null);
        levels.fill(KEY, Objects.requireNonNull(reading.join().lease()), OLD, null);
    }

    private void answer(byte[] value) {
        next(Read.class).answer().accept(List.of(new Found(value, 1_000, LEASE)), 0L);
    }

    private <R extends Request> R next(Class<R> type) {
        return type.cast(asked.remove());
    }
}
