// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The levels above the database, for one manager: they keep bytes and know nothing of values, loaders or connections.
 * Thread-safe; nothing blocks. A level that is away counts as empty, after milliseconds and not after a time-out: only
 * {@link #invalidate} ever fails.
 */
@ConsumerType
public interface CacheLevels extends AutoCloseable {

    /**
     * What is known of one key.
     *
     * @param value null: nothing is
     * @param lease with a miss: what {@link #fill} is called with after the load; null: the load is not to be cached
     */
    record Lookup(byte @Nullable [] value, @Nullable Lease lease) {}

    /** The right to fill one key with what was loaded after it was given. Opaque to its holder. */
    @ConsumerType
    interface Lease {}

    /**
     * What was invalidated.
     *
     * @param all every key of the cluster; there are no keys then
     */
    record Invalidated(Set<CacheKey> keys, boolean all) {

        public static final Invalidated NOTHING = new Invalidated(Set.of(), false);

        public Invalidated {
            keys = Set.copyOf(keys);
        }

        /** Whether that is nothing at all. */
        public boolean isEmpty() {
            return !all && keys.isEmpty();
        }
    }

    /** The stage is complete at once when the level in the process has it. */
    CompletionStage<Lookup> get(CacheKey key);

    /** The same for many keys, with one question to each level. */
    CompletionStage<Map<CacheKey, Lookup>> getAll(Collection<CacheKey> keys);

    /**
     * Keeps what was loaded, unless the key was invalidated after the lease was given, here or in another container.
     *
     * @param timeToLive null: as the settings say
     */
    void fill(CacheKey key, Lease lease, byte[] value, @Nullable Duration timeToLive);

    /** Keeps a value that was not loaded under a lease. */
    CompletionStage<Void> put(CacheKey key, byte[] value, @Nullable Duration timeToLive);

    /**
     * Drops these keys, for all modes of the cluster. The stage is complete when no {@link #get} of this process that
     * begins then finds an older value, and none of another container will once that has heard of it. Fails only after
     * {@link #close}: the caller then keeps the keys for whoever comes next.
     */
    CompletionStage<Void> invalidate(Collection<CacheKey> keys);

    /** Drops everything of the cluster, with the promise of {@link #invalidate}. */
    CompletionStage<Void> invalidateAll();

    /**
     * What was invalidated here while a shared level was away, which has not heard of it yet: nobody who opens levels
     * after {@link #close} may find what it still has. Asked for when all levels of the cluster are closed.
     */
    default Invalidated untold() {
        return Invalidated.NOTHING;
    }

    /** Lets go of the level in the process and of its share of the connections. Idempotent. */
    @Override
    void close();
}
