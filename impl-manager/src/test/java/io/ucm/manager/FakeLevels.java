// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.CacheSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One level in a map that all its instances share, like a remote cache; it fails, or says nothing, where a test says so.
 * A lease is the map's version of the key when it was given.
 */
final class FakeLevels implements CacheLevelsFactory {

    private record Version(FakeLevels of, int version) implements CacheLevels.Lease {}

    final Map<CacheKey, byte[]> entries;
    final List<CacheKey> invalidated = new ArrayList<>();
    private final Map<CacheKey, Integer> versions = new HashMap<>();
    volatile boolean broken;
    volatile boolean silent;
    volatile boolean refusesPuts;
    volatile boolean closed;
    volatile boolean everythingInvalidated;
    volatile CacheLevels.Invalidated untold = CacheLevels.Invalidated.NOTHING;

    FakeLevels(Map<CacheKey, byte[]> entries) {
        this.entries = entries;
    }

    @Override
    public CacheLevels open(CacheSettings settings) {
        return new Levels();
    }

    private final class Levels implements CacheLevels {

        @Override
        public CompletionStage<Lookup> get(CacheKey key) {
            return answer(lookup(key));
        }

        private Lookup lookup(CacheKey key) {
            synchronized (entries) {
                byte[] value = entries.get(key);
                return new Lookup(
                        value, value == null ? new Version(FakeLevels.this, versions.getOrDefault(key, 0)) : null);
            }
        }

        @Override
        public CompletionStage<Map<CacheKey, Lookup>> getAll(Collection<CacheKey> keys) {
            Map<CacheKey, Lookup> found = new HashMap<>();
            keys.forEach(key -> found.put(key, lookup(key)));
            return answer(found);
        }

        @Override
        public void fill(CacheKey key, Lease lease, byte[] value, @Nullable Duration timeToLive) {
            synchronized (entries) {
                if (!closed && lease.equals(new Version(FakeLevels.this, versions.getOrDefault(key, 0)))) {
                    entries.put(key, value);
                }
            }
        }

        @Override
        public CompletionStage<Void> put(CacheKey key, byte[] value, @Nullable Duration timeToLive) {
            if (refusesPuts) {
                return CompletableFuture.failedFuture(new IllegalStateException("full"));
            }
            synchronized (entries) {
                if (!broken && !silent) {
                    entries.put(key, value);
                }
            }
            return answer(null);
        }

        @Override
        public CompletionStage<Void> invalidate(Collection<CacheKey> keys) {
            synchronized (entries) {
                if (!broken && !silent && !closed) {
                    keys.forEach(key -> {
                        entries.remove(key);
                        versions.merge(key, 1, Integer::sum);
                        invalidated.add(key);
                    });
                }
            }
            return closed ? CompletableFuture.failedFuture(new IllegalStateException("closed")) : answer(null);
        }

        @Override
        public CompletionStage<Void> invalidateAll() {
            synchronized (entries) {
                entries.clear();
                everythingInvalidated = true;
            }
            return answer(null);
        }

        @Override
        public Invalidated untold() {
            return closed ? untold : Invalidated.NOTHING;
        }

        @Override
        public void close() {
            closed = true;
        }

        private <T> CompletionStage<T> answer(T value) {
            if (broken) {
                throw new NoClassDefFoundError("gone");
            }
            return silent ? new CompletableFuture<>() : CompletableFuture.completedFuture(value);
        }
    }
}
