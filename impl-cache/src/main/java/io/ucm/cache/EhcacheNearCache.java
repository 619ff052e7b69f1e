// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import java.util.Objects;
import org.ehcache.Cache;
import org.ehcache.CacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.core.internal.statistics.DefaultStatisticsService;
import org.ehcache.core.statistics.CacheStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The level in the process: a number of entries on the heap, of which Ehcache evicts those least used. Thread-safe. An
 * entry knows its own end, so Ehcache has no expiry to look at. Closed it is empty, and stays so.
 */
final class EhcacheNearCache implements AutoCloseable {

    private static final String NAME = "near";

    /** Each is itself only. Who gets the value must not change it. */
    private static final class Entry {
        private final byte[] value;
        private final long endNanos;

        Entry(byte[] value, long endNanos) {
            this.value = value;
            this.endNanos = endNanos;
        }
    }

    private final Ticker ticker;
    private final int maxEntries;
    private final CacheManager manager;
    private final Cache<CacheKey, Entry> entries;
    private final CacheStatistics statistics;

    EhcacheNearCache(int maxEntries, Ticker ticker) {
        this.ticker = ticker;
        this.maxEntries = maxEntries;
        DefaultStatisticsService service = new DefaultStatisticsService();
        this.manager = CacheManagerBuilder.newCacheManagerBuilder()
                .withClassLoader(EhcacheNearCache.class.getClassLoader())
                .using(service)
                .withCache(
                        NAME,
                        CacheConfigurationBuilder.newCacheConfigurationBuilder(
                                CacheKey.class, Entry.class, ResourcePoolsBuilder.heap(maxEntries)))
                .build(true);
        this.entries = Objects.requireNonNull(manager.getCache(NAME, CacheKey.class, Entry.class));
        this.statistics = service.getCacheStatistics(NAME);
    }

    byte @Nullable [] get(CacheKey key) {
        try {
            Entry entry = entries.get(key);
            if (entry == null) {
                return null;
            }
            if (entry.endNanos - ticker.nanos() > 0) {
                return entry.value;
            }
            entries.remove(key, entry);
            return null;
        } catch (IllegalStateException closed) {
            return null;
        }
    }

    /** @param endNanos by the ticker */
    void put(CacheKey key, byte[] value, long endNanos) {
        whileOpen(() -> entries.put(key, new Entry(value, endNanos)));
    }

    void remove(CacheKey key) {
        whileOpen(() -> entries.remove(key));
    }

    void clear() {
        whileOpen(entries::clear);
    }

    /** Those that have ended and were not asked for since count too. */
    long size() {
        return statistics.getTierStatistics().get("OnHeap").getMappings();
    }

    int maxEntries() {
        return maxEntries;
    }

    long evictions() {
        return statistics.getCacheEvictions();
    }

    @Override
    public void close() {
        whileOpen(manager::close);
    }

    private static void whileOpen(Runnable change) {
        try {
            change.run();
        } catch (IllegalStateException closed) {
            // Ehcache's word for it: there is nothing left to change.
        }
    }
}
