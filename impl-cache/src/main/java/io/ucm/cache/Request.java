// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One thing to do in the remote cache. Its answer comes once, on any thread, and must neither block nor run what is not
 * ours.
 */
sealed interface Request {

    /**
     * What the remote cache had under one key.
     *
     * @param value null: nothing
     * @param leftMillis how long the value may still be served
     */
    record Found(byte @Nullable [] value, long leftMillis, RemoteLease lease) {}

    /**
     * What the remote cache had when it was asked: the ground on which a fill is accepted or refused.
     *
     * @param generation of the cluster
     * @param mark of the entry; empty: there was none
     * @param serverMillis the Redis server's clock, not later than the answer
     */
    record RemoteLease(byte[] generation, byte[] mark, long serverMillis) {}

    /**
     * Asks for some keys.
     *
     * @param answer what was found, in the order of the keys, and when it was asked for, by the ticker; or null: it is away
     */
    record Read(List<CacheKey> keys, BiConsumer<@Nullable List<Found>, Long> answer) implements Request {}

    /**
     * Stores a value if the key still is as the lease says.
     *
     * @param answer whether it was stored
     */
    record Fill(CacheKey key, RemoteLease lease, byte[] value, long millis, Consumer<Boolean> answer)
            implements Request {}

    /**
     * Stores a value.
     *
     * @param answer whether it was stored; if not, what was there is invalidated
     */
    record Put(CacheKey key, byte[] value, long millis, Consumer<Boolean> answer) implements Request {}

    /**
     * Lets no value be found that was stored or loaded before.
     *
     * @param keys null: all of the cluster
     * @param answer true: it is done, or will be before Redis is used again; false: it never will, because of the end
     */
    record Invalidate(@Nullable Collection<CacheKey> keys, Consumer<Boolean> answer) implements Request {}
}
