// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.Cache;
import io.ucm.api.CacheBatchLoader;
import io.ucm.api.CacheLoader;
import io.ucm.api.CacheRegion;
import io.ucm.api.CallOptions;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The cache where no implementation is: every value comes from the database. Thread-safe. */
record DirectCache<V>(BundleView view, CacheRegion<V> region) implements Cache<V> {

    private static final CallOptions ON_PRIMARY = CallOptions.DEFAULT.withAccess(Access.READ_WRITE);

    @Override
    public CompletionStage<@Nullable V> get(String key, CacheLoader<V> loader) {
        return view.read(connection -> loader.load(connection, key), ON_PRIMARY);
    }

    @Override
    public CompletionStage<Map<String, V>> getAll(Set<String> keys, CacheBatchLoader<V> loader) {
        return view.read(connection -> loader.load(connection, keys), ON_PRIMARY);
    }

    @Override
    public CompletionStage<Void> put(String key, V value) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Void> invalidate(Collection<String> keys) {
        return CompletableFuture.completedFuture(null);
    }
}
