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
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The caches of one container, as if it were a process of its own. Texts for bytes. */
final class Container implements AutoCloseable {

    static final String CLUSTER = "orders";

    private static final Duration HOUR = Duration.ofHours(1);

    private final Caches caches;
    private final CacheLevels levels;

    Container(Map<String, Object> configuration) {
        this.caches = caches(configuration);
        this.levels = open("ASYNC_MODERN");
    }

    /** On that Redis, with patience for a busy machine; returns when it is up. */
    static Container on(RedisServer redis) {
        return on(redis, Map.of("timeout.ms", 5_000));
    }

    static Container on(RedisServer redis, Map<String, Object> more) {
        Map<String, Object> configuration = new HashMap<>(Map.of(
                "service.pid",
                Caches.PID,
                "host",
                "127.0.0.1",
                "port",
                redis.port(),
                ".password",
                RedisServer.PASSWORD));
        configuration.putAll(more);
        return new Container(configuration).awaitState(RemoteState.Kind.UP);
    }

    static Container withoutRedis() {
        return new Container(Map.of());
    }

    static Caches caches(Map<String, Object> configuration) {
        return new Caches(config(configuration), configuration);
    }

    /** As Declarative Services makes it of the attributes. */
    static RedisConfig config(Map<String, Object> configuration) {
        return (RedisConfig) Proxy.newProxyInstance(
                RedisConfig.class.getClassLoader(), new Class<?>[] {RedisConfig.class}, (proxy, method, arguments) -> {
                    Object value = configuration.get(method.getName().replace('_', '.'));
                    return value == null ? method.getDefaultValue() : value;
                });
    }

    CacheLevels open(String mode) {
        return caches.open(new CacheSettings(CLUSTER, mode, 1_000, HOUR));
    }

    Caches caches() {
        return caches;
    }

    CacheLevels levels() {
        return levels;
    }

    Container awaitState(RemoteState.Kind kind) {
        await().pollInterval(Duration.ofMillis(5)).until(() -> state().kind() == kind);
        return this;
    }

    RemoteState state() {
        return caches.clusters().get(0).remote().state();
    }

    static CacheKey key(String key) {
        return new CacheKey("products", "", key);
    }

    Lookup lookup(String key) {
        return answer(levels.get(key(key)));
    }

    @Nullable
    String get(String key) {
        return text(lookup(key).value());
    }

    static @Nullable String text(byte @Nullable [] value) {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /** The lease of a miss. */
    Lease lease(String key) {
        Lookup lookup = lookup(key);
        assertThat(lookup.value()).isNull();
        return Objects.requireNonNull(lookup.lease());
    }

    void fill(String key, Lease lease, String value) {
        levels.fill(key(key), lease, value.getBytes(StandardCharsets.UTF_8), null);
    }

    /** Loads and waits until it is in the process. */
    void load(String key, String value) {
        fill(key, lease(key), value);
        await().pollInterval(Duration.ofMillis(2)).until(() -> isNear(key));
        assertThat(get(key)).isEqualTo(value);
    }

    /** Only what is in the process is complete at once and known. */
    boolean isNear(String key) {
        CompletionStage<Lookup> stage = levels.get(key(key));
        return stage.toCompletableFuture().isDone() && answer(stage).value() != null && nearHit(key);
    }

    private boolean nearHit(String key) {
        long before = nearHits();
        answer(levels.get(key(key)));
        return nearHits() > before;
    }

    private long nearHits() {
        return figures().nearHits.sum();
    }

    RegionFigures figures() {
        return caches.clusters().get(0).figures().of("products");
    }

    void put(String key, String value) {
        answer(levels.put(key(key), value.getBytes(StandardCharsets.UTF_8), null));
    }

    void invalidate(String... keys) {
        answer(levels.invalidate(Arrays.stream(keys).map(Container::key).toList()));
    }

    static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        caches.close();
    }
}
