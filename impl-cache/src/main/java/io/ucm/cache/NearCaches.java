// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The near caches of one cluster, one for each open mode, behind one {@link Fence}: what is heard of a key is heard by all
 * of them. Thread-safe; nothing blocks.
 */
final class NearCaches {

    private final List<EhcacheNearCache> caches = new CopyOnWriteArrayList<>();
    private final Fence fence = new Fence();

    void add(EhcacheNearCache cache) {
        caches.add(cache);
    }

    void remove(EhcacheNearCache cache) {
        caches.remove(cache);
    }

    /** To be taken before that is read which {@link #enter} is called with. */
    long stamp(CacheKey key) {
        return fence.stamp(key);
    }

    /** Puts what was read into one of them; false: something else was heard of the key since the stamp. */
    boolean enter(EhcacheNearCache cache, CacheKey key, long stamp, byte[] value, long endNanos) {
        return fence.enter(key, stamp, () -> cache.put(key, value, endNanos));
    }

    /** Drops the key everywhere, and puts the new value into one of them unless something was heard since the stamp. */
    void replace(EhcacheNearCache cache, CacheKey key, long stamp, byte[] value, long endNanos) {
        fence.replace(key, stamp, () -> dropNow(key), () -> cache.put(key, value, endNanos));
    }

    void drop(Collection<CacheKey> keys) {
        keys.forEach(this::drop);
    }

    void drop(CacheKey key) {
        fence.bump(key, () -> dropNow(key));
    }

    void empty() {
        fence.bumpAll();
        caches.forEach(EhcacheNearCache::clear);
    }

    private void dropNow(CacheKey key) {
        caches.forEach(cache -> cache.remove(key));
    }

    long size() {
        return caches.stream().mapToLong(EhcacheNearCache::size).sum();
    }
}
