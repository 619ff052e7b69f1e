// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.Cache;
import io.ucm.api.CacheBatchLoader;
import io.ucm.api.CacheLoader;
import io.ucm.api.CacheRegion;
import io.ucm.api.CallOptions;
import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevels.Lookup;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One region as one bundle sees it: codecs, loads and single flight, over the levels of the part in the slot {@code
 * cache}. Thread-safe. What goes wrong with that part counts as a miss, whatever it is.
 *
 * <p>Loads read on the primary: a replica may not have what was just written and invalidated. A load fills only the
 * levels that gave its lease.
 */
final class ManagedCache<V> implements Cache<V> {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedCache.class);

    private static final CallOptions ON_PRIMARY = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);
    private static final Lookup NOTHING = new Lookup(null, null);
    private static final int LONGEST_KEY = 512;
    private static final int MOST_BYTES_OF_A_CHARACTER = 3;

    private final Manager manager;
    private final Consumer consumer;
    private final CacheRegion<V> region;

    ManagedCache(Manager manager, Consumer consumer, CacheRegion<V> region) {
        this.manager = manager;
        this.consumer = consumer;
        this.region = region;
    }

    @Override
    public CacheRegion<V> region() {
        return region;
    }

    @Override
    public CompletionStage<@Nullable V> get(String name, CacheLoader<V> loader) {
        CacheKey key = key(name);
        CacheLevels levels = manager.cacheLevels();
        if (levels == null) {
            return load(key, null, NOTHING, loader);
        }
        CompletableFuture<Lookup> answer = manager.caches().answers().to(() -> levels.get(key), NOTHING);
        return answer.isDone()
                ? valueOf(key, levels, answer.join(), loader)
                : answer.thenCompose(found -> valueOf(key, levels, found, loader));
    }

    private CompletionStage<@Nullable V> valueOf(
            CacheKey key, CacheLevels levels, Lookup found, CacheLoader<V> loader) {
        V value = decoded(key, found);
        return value != null ? CompletableFuture.completedFuture(value) : load(key, levels, found, loader);
    }

    private CompletionStage<@Nullable V> load(
            CacheKey key, @Nullable CacheLevels levels, Lookup found, CacheLoader<V> loader) {
        return manager.caches()
                .flights()
                .join(consumer, key, () -> loaded(key, loader).whenComplete((bytes, failure) -> {
                    if (bytes != null) {
                        fill(levels, key, found, bytes);
                    }
                }))
                .thenApply(bytes -> bytes == null ? null : decode(bytes));
    }

    private CompletableFuture<byte @Nullable []> loaded(CacheKey key, CacheLoader<V> loader) {
        return manager.<byte @Nullable []>read(
                        consumer,
                        connection -> {
                            V value = loader.load(connection, key.key());
                            return value == null ? null : region.codec().encode(value);
                        },
                        ON_PRIMARY)
                .toCompletableFuture();
    }

    @Override
    public CompletionStage<Map<String, V>> getAll(Set<String> names, CacheBatchLoader<V> loader) {
        Map<String, CacheKey> keys = new LinkedHashMap<>();
        names.forEach(name -> keys.put(name, key(name)));
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        CacheLevels levels = manager.cacheLevels();
        CompletableFuture<Map<CacheKey, Lookup>> answer = levels == null
                ? CompletableFuture.completedFuture(Map.of())
                : manager.caches().answers().to(() -> levels.getAll(keys.values()), Map.of());
        return answer.thenCompose(found -> valuesOf(keys, levels, found, loader));
    }

    private CompletionStage<Map<String, V>> valuesOf(
            Map<String, CacheKey> keys,
            @Nullable CacheLevels levels,
            Map<CacheKey, Lookup> found,
            CacheBatchLoader<V> loader) {
        Map<String, V> values = new HashMap<>();
        Set<String> missing = new HashSet<>();
        keys.forEach((name, key) -> {
            V value = decoded(key, found.getOrDefault(key, NOTHING));
            if (value == null) {
                missing.add(name);
            } else {
                values.put(name, value);
            }
        });
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(Map.copyOf(values));
        }
        return manager.read(consumer, connection -> loader.load(connection, Set.copyOf(missing)), ON_PRIMARY)
                .thenApply(loaded -> {
                    for (String name : missing) {
                        V value = loaded.get(name);
                        if (value != null) {
                            CacheKey key = keys.get(name);
                            fill(levels, key, found.getOrDefault(key, NOTHING), encode(value));
                            values.put(name, value);
                        }
                    }
                    return Map.copyOf(values);
                });
    }

    /** Where the levels do not take it, at least nothing older stays. */
    @Override
    public CompletionStage<Void> put(String name, V value) {
        CacheKey key = key(name);
        byte[] bytes = encode(value);
        CacheLevels levels = manager.cacheLevels();
        if (levels == null) {
            return manager.caches().invalidate(List.of(key));
        }
        manager.caches().flights().forget(List.of(key));
        return manager.caches()
                .answers()
                .to(() -> levels.put(key, bytes, region.timeToLive()))
                .handle((done, failure) -> failure == null
                        ? CompletableFuture.<Void>completedFuture(null)
                        : manager.caches().invalidate(List.of(key)))
                .thenCompose(stage -> stage);
    }

    @Override
    public CompletionStage<Void> invalidate(Collection<String> names) {
        return names.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : manager.caches().invalidate(names.stream().map(this::key).toList());
    }

    private CacheKey key(String name) {
        if (name.length() > LONGEST_KEY / MOST_BYTES_OF_A_CHARACTER
                && name.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY) {
            throw new IllegalArgumentException("cache region '%s': a key of %d characters; at most %d bytes of UTF-8"
                    .formatted(region.name(), name.length(), LONGEST_KEY));
        }
        return new CacheKey(region.name(), region.tenant(), name);
    }

    private void fill(@Nullable CacheLevels levels, CacheKey key, Lookup found, byte[] value) {
        CacheLevels.Lease lease = found.lease();
        if (levels != null && lease != null) {
            try {
                levels.fill(key, lease, value, region.timeToLive());
            } catch (RuntimeException | LinkageError e) {
                LOG.debug("{}: cache region '{}' was not filled", manager.key(), region.name(), e);
            }
        }
    }

    /** Null when nothing was found that can be read. What can't be read goes. */
    private @Nullable V decoded(CacheKey key, Lookup found) {
        byte[] bytes = found.value();
        if (bytes == null) {
            return null;
        }
        try {
            return region.codec().decode(bytes);
        } catch (Exception e) {
            LOG.warn("{}: an entry of cache region '{}' can't be read and is dropped", manager.key(), region.name(), e);
            manager.caches().invalidate(List.of(key));
            return null;
        }
    }

    private byte[] encode(V value) {
        try {
            return region.codec().encode(value);
        } catch (Exception e) {
            throw unusable("write a value", e);
        }
    }

    private V decode(byte[] bytes) {
        try {
            return region.codec().decode(bytes);
        } catch (Exception e) {
            throw unusable("read what it wrote", e);
        }
    }

    private CompletionException unusable(String what, Exception cause) {
        return new CompletionException(new IllegalStateException(
                "cache region '%s': its codec can't %s".formatted(region.name(), what), cause));
    }
}
