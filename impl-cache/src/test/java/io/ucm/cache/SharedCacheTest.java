// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevels.Lease;
import io.ucm.spi.CacheLevels.Lookup;
import io.ucm.spi.CacheSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;
import redis.clients.jedis.params.ClientKillParams;

/** Two containers on one Redis. */
class SharedCacheTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    private static RedisServer redis;

    private Container one;
    private Container two;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void open() {
        redis.ask(Jedis::flushAll);
        one = Container.on(redis);
        two = Container.on(redis);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    @Test
    void whatOneLoadedTheOtherFinds() {
        one.load("k", "v");

        assertThat(two.get("k")).isEqualTo("v");
        assertThat(two.isNear("k")).isTrue();
    }

    /** Redis would tell a container of its own writes too, and the near cache would be dropped right after each load. */
    @Test
    void whatAContainerLoadedStaysInIt() {
        one.fill("k", one.lease("k"), "v");
        one.put("p", "v");
        await().atMost(SOON).until(() -> one.figures().remotePuts.sum() == 2);
        // Whatever Redis says of these writes comes before what it says of this one.
        two.put("last", "v");
        one.get("last");
        await().atMost(SOON).until(() -> one.isNear("last"));
        two.put("last", "w");
        await().atMost(SOON).until(() -> "w".equals(one.get("last")));
        long asked = one.figures().remoteHits.sum();

        assertThat(one.get("k")).isEqualTo("v");
        assertThat(one.get("p")).isEqualTo("v");
        assertThat(one.figures().remoteHits.sum()).isEqualTo(asked);
    }

    @Test
    void anInvalidationDropsEverywhere() {
        one.load("k", "old");
        two.get("k");
        assertThat(two.isNear("k")).isTrue();

        one.invalidate("k");

        assertThat(one.get("k")).isNull();
        await().atMost(SOON).until(() -> two.get("k") == null);
        two.load("k", "new");
        assertThat(one.get("k")).isEqualTo("new");
    }

    @Test
    void aPutReplacesEverywhere() {
        one.load("k", "old");
        two.get("k");

        one.put("k", "new");

        assertThat(one.get("k")).isEqualTo("new");
        await().atMost(SOON).until(() -> "new".equals(two.get("k")));
    }

    @Test
    void aLoadThatBeganBeforeAnInvalidationElsewhereIsNotKept() {
        Lease lease = one.lease("k");
        two.invalidate("k");
        one.fill("k", lease, "old");

        await().atMost(SOON).until(() -> one.figures().refusedFills.sum() == 1);
        assertThat(one.get("k")).isNull();
        assertThat(two.get("k")).isNull();
    }

    @Test
    void aLoadThatBeganBetweenTwoInvalidationsIsNotKept() {
        two.invalidate("k");
        Lease lease = one.lease("k");
        two.invalidate("k");
        one.fill("k", lease, "old");

        await().atMost(SOON).until(() -> one.figures().refusedFills.sum() == 1);
        assertThat(one.get("k")).isNull();
    }

    @Test
    void ofTwoLoadsTheFirstIsKept() {
        Lease first = one.lease("k");
        Lease second = two.lease("k");
        one.fill("k", first, "v1");
        await().atMost(SOON).until(() -> "v1".equals(one.get("k")));
        two.fill("k", second, "v2");

        await().atMost(SOON).until(() -> two.figures().refusedFills.sum() == 1);
        assertThat(two.get("k")).isEqualTo("v1");
    }

    /** By then the tombstone of an invalidation may be gone. */
    @Test
    void aLeaseOlderThanATombstoneFillsNothing() {
        try (Container hasty = Container.on(redis, Map.of("timeout.ms", 5_000, "tombstone.ms", 1))) {
            Lease lease = hasty.lease("k");
            two.invalidate("other");
            await().pollDelay(Duration.ofMillis(20)).until(() -> true);
            hasty.fill("k", lease, "old");

            await().atMost(SOON).until(() -> hasty.figures().refusedFills.sum() == 1);
            assertThat(two.get("k")).isNull();
        }
    }

    @Test
    void everythingCanBeDroppedAtOnce() {
        one.load("k", "old");
        two.get("k");
        Lease lease = two.lease("other");

        Container.answer(one.levels().invalidateAll());
        two.fill("other", lease, "old");

        assertThat(one.get("k")).isNull();
        await().atMost(SOON).until(() -> two.get("k") == null);
        await().atMost(SOON).until(() -> two.figures().refusedFills.sum() == 1);
        assertThat(one.get("other")).isNull();
        one.load("k", "new");
        assertThat(two.get("k")).isEqualTo("new");
        one.put("p", "v");
        assertThat(two.get("p")).isEqualTo("v");
    }

    @Test
    void flushallEmptiesTheNearCaches() {
        one.load("k", "old");
        // It would make a new generation, and so tell of the loss in its own way.
        two.close();

        redis.ask(Jedis::flushAll);

        await().atMost(SOON).until(() -> one.get("k") == null);
        assertThat(one.state().up()).isTrue();
        one.load("k", "new");
    }

    /** A load that began before could otherwise be filled where the tombstone is gone. */
    @Test
    void aLoadThatBeganBeforeFlushallIsNotKept() {
        Lease lease = one.lease("k");
        two.invalidate("k");
        redis.ask(Jedis::flushAll);
        one.fill("k", lease, "old");

        await().atMost(SOON).until(() -> one.figures().refusedFills.sum() == 1);
        assertThat(two.get("k")).isNull();
    }

    @Test
    void theLossOfTheSubscribersConnectionEmptiesTheNearCache() {
        one.load("k", "v");

        redis.ask(jedis -> jedis.clientKill(ClientKillParams.clientKillParams().type(ClientType.PUBSUB)));

        await().atMost(SOON).until(() -> !one.isNear("k"));
        itListensAgain();
    }

    @Test
    void theLossOfTheTrackingConnectionEmptiesTheNearCache() {
        one.load("k", "v");
        String near = nearReason();

        redis.ask(jedis -> jedis.clientKill(ClientKillParams.clientKillParams().type(ClientType.NORMAL)));

        await().atMost(SOON)
                .until(() -> !nearReason().equals(near) || !one.state().up());
        itListensAgain();
    }

    private String nearReason() {
        return one.state().since().toString();
    }

    private void itListensAgain() {
        one.awaitState(RemoteState.Kind.UP);
        two.awaitState(RemoteState.Kind.UP);
        await().atMost(SOON).until(() -> "v".equals(one.get("k")) && one.isNear("k"));
        two.invalidate("k");
        await().atMost(SOON).until(() -> one.get("k") == null);
    }

    @Test
    void tenantsAndRegionsAreKeptApart() {
        CacheLevels levels = one.levels();
        CacheKey mine = new CacheKey("r", "a", "b:c");
        List<CacheKey> others = List.of(
                new CacheKey("r", "a:b", "c"),
                new CacheKey("r:a", "b", "c"),
                new CacheKey("r", "b", "b:c"),
                new CacheKey("r2", "a", "b:c"));
        Container.answer(levels.put(mine, new byte[] {1}, null));

        Map<CacheKey, Lookup> found = Container.answer(two.levels()
                .getAll(Stream.concat(Stream.of(mine), others.stream()).toList()));

        assertThat(found.get(mine).value()).containsExactly(1);
        others.forEach(
                other -> assertThat(found.get(other).value()).as("%s", other).isNull());
    }

    @Test
    void clustersAreKeptApart() {
        CacheLevels other = one.caches().open(new CacheSettings("billing", "ASYNC_MODERN", 10, Duration.ofHours(1)));
        Container.answer(one.levels().put(Container.key("k"), new byte[] {1}, null));
        await().atMost(SOON)
                .until(() -> one.caches().clusters().get(0).remote().state().up());

        assertThat(Container.answer(other.get(Container.key("k"))).value()).isNull();
        Container.answer(other.invalidateAll());
        assertThat(two.get("k")).isNotNull();
    }

    @Test
    void whatIsLeftInRedisIsWhatTheProcessGets() {
        Container.answer(
                one.levels().put(Container.key("k"), "v".getBytes(StandardCharsets.UTF_8), Duration.ofMillis(600)));
        long left = redis.ask(jedis -> jedis.pttl("ucm:orders:products::k"));
        assertThat(left).isBetween(1L, 600L);
        assertThat(two.get("k")).isEqualTo("v");

        await().atMost(Duration.ofMillis(2_000)).until(() -> two.get("k") == null && one.get("k") == null);
        assertThat(redis.<Boolean>ask(jedis -> jedis.exists("ucm:orders:products::k")))
                .isFalse();
    }

    @Test
    void whatSomebodyElsePutUnderOurNameIsNoValue() {
        redis.ask(jedis -> jedis.rpush("ucm:orders:products::list", "x"));
        redis.ask(jedis -> jedis.set("ucm:orders:products::text", "x"));

        Lease list = one.lease("list");
        one.fill("list", list, "v");
        one.load("text", "v");

        await().atMost(SOON).until(() -> one.figures().refusedFills.sum() == 1);
        one.invalidate("list");
        one.load("list", "v");
        assertThat(two.get("list")).isEqualTo("v");
        assertThat(one.state().up()).isTrue();
    }

    @Test
    void whatIsAttachedToAStageMayBlock() {
        for (int i = 0; i < 200; i++) {
            CacheKey key = Container.key("a" + i);
            Lookup inner = Container.answer(one.levels()
                    .get(key)
                    .thenApply(lookup ->
                            one.levels().get(key).toCompletableFuture().join()));

            assertThat(inner.value()).isNull();
        }
        assertThat(one.figures().remoteErrors.sum()).isZero();
    }

    @Test
    void anInvalidationThatTheEndOvertakesFails() {
        redis.freeze();
        try {
            CompletableFuture<Void> stage =
                    one.levels().invalidate(List.of(Container.key("k"))).toCompletableFuture();
            one.close();

            assertThat(stage)
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("closed");
        } finally {
            redis.thaw();
        }
    }

    @Test
    void noThreadIsLeft() {
        one.put("k", "v");
        one.close();
        two.close();

        await().atMost(2, TimeUnit.SECONDS).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("ucm-cache")));
        assertThat(redis.<String>ask(Jedis::clientList)).doesNotContain("name=ucm-cache");
    }
}
