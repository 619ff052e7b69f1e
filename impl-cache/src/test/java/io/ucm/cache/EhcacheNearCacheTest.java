// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.CacheKey;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EhcacheNearCacheTest {

    private static final CacheKey KEY = Container.key("k");
    private static final byte[] VALUE = {1};

    /** Close to its overflow, as {@link System#nanoTime()} may be. */
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    private final EhcacheNearCache cache = new EhcacheNearCache(100, now::get);

    @AfterEach
    void close() {
        cache.close();
    }

    @Test
    void anEntryLivesUntilItsEnd() {
        cache.put(KEY, VALUE, now.get() + 10);

        now.addAndGet(9);
        assertThat(cache.get(KEY)).isEqualTo(VALUE);
        now.addAndGet(1);
        assertThat(cache.get(KEY)).isNull();
        assertThat(cache.size()).isZero();
    }

    @Test
    void holdsNoMoreThanItMay() {
        for (int i = 0; i < 1_000; i++) {
            cache.put(Container.key("k" + i), VALUE, now.get() + 10);
        }

        assertThat(cache.size()).isBetween(1L, 100L);
        assertThat(cache.evictions()).isGreaterThanOrEqualTo(900);
    }

    @Test
    void closedItIsEmpty() {
        cache.put(KEY, VALUE, now.get() + 10);
        cache.close();

        cache.put(KEY, VALUE, now.get() + 10);
        cache.remove(KEY);
        cache.clear();
        assertThat(cache.get(KEY)).isNull();
    }
}
