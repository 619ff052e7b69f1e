// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one cache holds. Immutable.
 *
 * @param name groups entries for figures and operations, such as {@code products}
 * @param tenant whose entries they are; empty: nobody's in particular. No tenant ever sees another one's entry
 * @param codec how a value is stored
 * @param timeToLive how long an entry may be served, less some jitter; null: as long as the mode says
 */
public record CacheRegion<V>(
        String name,
        String tenant,
        Codec<V> codec,
        @Nullable Duration timeToLive) {

    public CacheRegion {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(codec, "codec");
        if (name.isBlank()) {
            throw new IllegalArgumentException("a cache region needs a name");
        }
        if (timeToLive != null && timeToLive.toMillis() < 1) {
            throw new IllegalArgumentException(
                    "cache region '" + name + "': time to live " + timeToLive + ": must be at least 1 ms");
        }
    }

    public static <V> CacheRegion<V> of(String name, Codec<V> codec) {
        return new CacheRegion<>(name, "", codec, null);
    }

    public CacheRegion<V> ofTenant(String tenant) {
        return new CacheRegion<>(name, tenant, codec, timeToLive);
    }

    public CacheRegion<V> withTimeToLive(Duration timeToLive) {
        return new CacheRegion<>(name, tenant, codec, timeToLive);
    }
}
