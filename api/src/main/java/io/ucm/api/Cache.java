// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Values that were read from the database, kept near: in this process, then in Redis. Thread-safe; never blocks. Without
 * a cache implementation every value comes from the database.
 *
 * <p>Whoever writes calls {@link #invalidate} when the write's stage is complete. When the invalidation's stage is
 * complete too, no {@code get} of this process that begins then returns an older value; those of other containers follow
 * as soon as Redis has told them. A load that began before never fills the cache.
 *
 * <p>Keys are at most 512 bytes of UTF-8.
 */
@ProviderType
public interface Cache<V> {

    CacheRegion<V> region();

    /**
     * The cached value, or else what the loader reads, on the primary. Of many that ask for one key at a time in this
     * process, one loads. The stage fails as {@link ConnectionManager#read} does; it never fails because of the cache.
     */
    CompletionStage<@Nullable V> get(String key, CacheLoader<V> loader);

    /** The values of those keys that have one; the loader is asked once, for all that are not cached. */
    CompletionStage<Map<String, V>> getAll(Set<String> keys, CacheBatchLoader<V> loader);

    /** Caches a value that the caller has from elsewhere. Two puts at once: either may win. */
    CompletionStage<Void> put(String key, V value);

    /** Forgets what is cached under these keys, at every level. */
    CompletionStage<Void> invalidate(Collection<String> keys);

    /** The same as {@link #invalidate(Collection)} for one key. */
    default CompletionStage<Void> invalidate(String key) {
        return invalidate(Set.of(key));
    }
}
