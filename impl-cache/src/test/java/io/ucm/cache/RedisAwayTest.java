// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redis killed, frozen, refusing: the process and the database serve, and nothing old comes back with it. */
class RedisAwayTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    /** Far less than any time-out, and enough for a busy machine. */
    private static final Duration AT_ONCE = Duration.ofMillis(100);

    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void killedItIsAwayAtOnceAndTheProcessServes() {
        try (Container one = Container.on(redis)) {
            one.load("k", "old");
            redis.kill();
            one.awaitState(RemoteState.Kind.AWAY);

            assertThat(one.get("k")).isNull();
            Duration asked = time(() -> one.load("k", "v"));
            assertThat(asked).isLessThan(AT_ONCE);
            assertThat(one.get("k")).isEqualTo("v");
            Duration told = time(() -> {
                for (int i = 0; i < 5; i++) {
                    one.invalidate("k");
                }
            });
            assertThat(told).isLessThan(AT_ONCE);
            assertThat(one.get("k")).isNull();
            one.put("k", "w");
            assertThat(one.get("k")).isEqualTo("w");
            HealthComponent health = one.caches().health().get(0).component();
            assertThat(health.status()).isEqualTo(HealthStatus.WARN);
            assertThat(health.reason()).contains("away");
            assertThat(health.figures()).containsEntry("pendingInvalidations", 1);
        }
    }

    @Test
    void anEntryOfATimeWithoutRedisEndsSoon() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 5_000, "away.ttl.ms", 300))) {
            redis.kill();
            one.awaitState(RemoteState.Kind.AWAY);
            one.put("k", "v");
            assertThat(one.get("k")).isEqualTo("v");

            await().atMost(Duration.ofSeconds(2)).until(() -> one.get("k") == null);
        }
    }

    @Test
    void restartedItServesAgain() {
        try (Container one = Container.on(redis)) {
            redis.kill();
            one.awaitState(RemoteState.Kind.AWAY);
            redis.restart();
            one.awaitState(RemoteState.Kind.UP);

            one.load("k", "v");
            try (Container two = Container.on(redis)) {
                assertThat(two.get("k")).isEqualTo("v");
            }
            assertThat(one.caches().health().get(0).component().status()).isEqualTo(HealthStatus.OK);
        }
    }

    @Test
    void whatItHasNotHeardIsHandedOn() {
        Container one = Container.on(redis);
        one.load("k", "old");
        one.invalidate("told");
        redis.kill();
        one.awaitState(RemoteState.Kind.AWAY);
        one.invalidate("k");
        one.put("l", "v");
        one.close();

        assertThat(one.levels().untold().all()).isFalse();
        assertThat(one.levels().untold().keys()).containsExactlyInAnyOrder(Container.key("k"), Container.key("l"));
    }

    @Test
    void frozenItIsWaitedForOnce() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 500))) {
            redis.freeze();
            Duration first = time(() -> one.get("a"));
            Duration second = time(() -> one.get("b"));
            redis.thaw();

            assertThat(first).isLessThan(Duration.ofMillis(1_200));
            assertThat(second).isLessThan(AT_ONCE);
        }
    }

    @Test
    void withoutACallItStaysUp() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 1_000))) {
            Instant since = one.state().since();

            await().during(Duration.ofSeconds(2))
                    .atMost(SOON)
                    .until(() -> one.state().since().equals(since));
        }
    }

    @Test
    void silentItIsNoticedWithoutACall() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 500))) {
            one.load("k", "v");
            redis.freeze();

            await().atMost(Duration.ofSeconds(3)).until(() -> !one.state().up());
            assertThat(one.get("k")).isNull();
            redis.thaw();
        }
    }

    @Test
    void whatWasInvalidatedMeanwhileIsNotFoundWhenItIsBack() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 500))) {
            one.load("k", "old");
            one.load("p", "old");
            one.load("later", "old");
            one.load("kept", "v");
            redis.freeze();
            one.invalidate("k");
            one.put("p", "new");
            one.awaitState(RemoteState.Kind.AWAY);
            one.invalidate("later");
            redis.thaw();

            await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(() -> {
                assertThat(one.get("k")).isNull();
                assertThat(one.get("later")).isNull();
                assertThat(one.get("p")).isNotEqualTo("old");
                return one.state().up();
            });
            assertThat(one.get("k")).isNull();
            assertThat(one.get("later")).isNull();
            assertThat(one.get("p")).isNotEqualTo("old");
            assertThat(one.get("kept")).isEqualTo("v");
        }
    }

    /** The tombstone is there before its own container uses Redis again, so others see it as well. */
    @Test
    void othersHearOfWhatWasInvalidatedMeanwhile() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 500));
                Container two = Container.on(redis, Map.of("timeout.ms", 500))) {
            one.load("k", "old");
            redis.freeze();
            one.invalidate("k");
            redis.thaw();
            one.awaitState(RemoteState.Kind.UP);
            two.awaitState(RemoteState.Kind.UP);

            await().atMost(SOON).until(() -> two.get("k") == null);
        }
    }

    @Test
    void tooManyMissedDropEverything() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 500))) {
            one.load("kept", "old");
            redis.freeze();
            List<CacheKey> many = IntStream.range(0, 10_001)
                    .mapToObj(i -> Container.key("m" + i))
                    .toList();
            Container.answer(one.levels().invalidate(many));
            one.awaitState(RemoteState.Kind.AWAY);
            redis.thaw();
            one.awaitState(RemoteState.Kind.UP);

            assertThat(one.get("kept")).isNull();
        }
    }

    @Test
    void aLoadThatBeganBeforeTheOutageIsNotKeptAfterIt() {
        try (Container one = Container.on(redis, Map.of("timeout.ms", 500))) {
            Lease before = one.lease("k");
            redis.freeze();
            one.invalidate("k");
            Lease during = one.lease("k");
            redis.thaw();
            one.awaitState(RemoteState.Kind.UP);

            one.fill("k", before, "old");
            one.fill("k", during, "old");

            await().atMost(SOON).until(() -> one.figures().refusedFills.sum() == 2);
            assertThat(one.get("k")).isNull();
        }
    }

    @Test
    void aWrongPasswordIsSaidWithoutIt() {
        Map<String, Object> configuration =
                Map.of("service.pid", Caches.PID, "host", "127.0.0.1", "port", redis.port(), ".password", "geheim");
        try (Container one = new Container(configuration)) {
            await().atMost(SOON)
                    .until(() -> String.valueOf(one.state().reason()).contains("WRONGPASS"));
            assertThat(one.state().reason()).doesNotContain("geheim");
            assertThat(CacheReport.of(one.caches().clusters(), "", "").toString())
                    .doesNotContain("geheim");
            one.load("k", "v");
        }
    }

    /** It could not be told of invalidations: what it has must not be read. */
    @Test
    void aRedisThatTakesNoWritesIsAway() {
        try (Container one = Container.on(redis)) {
            one.load("k", "old");
            redis.ask(jedis -> jedis.configSet("maxmemory", "1"));
            one.invalidate("k");
            assertThat(one.get("k")).isNull();
            one.awaitState(RemoteState.Kind.AWAY);
            assertThat(one.state().reason()).contains("OOM");

            redis.ask(jedis -> jedis.configSet("maxmemory", "0"));
            one.awaitState(RemoteState.Kind.UP);
            assertThat(one.get("k")).isNull();
        }
    }

    @Test
    void noThreadIsLeftOfACacheThatNeverConnected() {
        redis.freeze();
        Map<String, Object> configuration =
                Map.of("service.pid", Caches.PID, "host", "127.0.0.1", "port", redis.port(), "timeout.ms", 60_000);
        Container one = new Container(configuration);
        assertThat(time(() -> one.load("k", "v"))).isLessThan(AT_ONCE);
        one.close();

        await().atMost(Duration.ofSeconds(2)).until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("ucm-cache")));
        redis.thaw();
    }

    @Test
    void noScriptIsRun() {
        try (Container one = Container.on(redis)) {
            one.load("k", "v");
            assertThat(redis.<String>ask(jedis -> jedis.info("commandstats"))).doesNotContain("cmdstat_eval");
        }
    }

    private static Duration time(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
