// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.api.Cache;
import io.ucm.api.CacheBatchLoader;
import io.ucm.api.CacheLoader;
import io.ucm.api.CacheRegion;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A cache that may be broken. Used by one thread. */
final class FakeCache<V> implements Cache<V> {

    enum Fault {
        NONE,
        FORGETS_NOTHING,
        MIXES_TENANTS,
        MIXES_KEYS
    }

    private final FakeDatabase database;
    private final CacheRegion<V> region;
    private final Fault fault;
    private final Map<String, Object> entries;

    /** @param entries of all tenants */
    FakeCache(FakeDatabase database, CacheRegion<V> region, Fault fault, Map<String, Object> entries) {
        this.database = database;
        this.region = region;
        this.fault = fault;
        this.entries = entries;
    }

    @Override
    public CacheRegion<V> region() {
        return region;
    }

    @Override
    @SuppressWarnings("unchecked")
    public CompletionStage<V> get(String key, CacheLoader<V> loader) {
        try {
            Object value = entries.get(entry(key));
            if (value == null) {
                value = loader.load(database.connection(), key);
                entries.put(entry(key), value);
            }
            return CompletableFuture.completedFuture((V) value);
        } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<Map<String, V>> getAll(Set<String> keys, CacheBatchLoader<V> loader) {
        Map<String, V> values = new HashMap<>();
        for (String key : keys) {
            values.put(
                    key,
                    get(key, (connection, one) -> loader.load(connection, Set.of(one))
                                    .get(one))
                            .toCompletableFuture()
                            .join());
        }
        return CompletableFuture.completedFuture(values);
    }

    @Override
    public CompletionStage<Void> put(String key, V value) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Void> invalidate(Collection<String> keys) {
        if (fault != Fault.FORGETS_NOTHING) {
            keys.forEach(key -> entries.remove(entry(key)));
        }
        return CompletableFuture.completedFuture(null);
    }

    private String entry(String key) {
        String tenant = fault == Fault.MIXES_TENANTS ? "" : region.tenant();
        return tenant + "/" + (fault == Fault.MIXES_KEYS ? "" : key);
    }
}
