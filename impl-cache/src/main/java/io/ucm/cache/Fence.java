// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Keeps values out of the near caches that were read before something else was heard of their key. Thread-safe.
 *
 * <p>Invariant: what was read after {@link #stamp} was taken enters by {@link #enter} only if {@link #bump} was not called
 * for that key in between, because both hold the lock of the key's stripe, and whoever bumps drops the key under it.
 * Keys share stripes, so now and then one is kept out for another's sake.
 */
final class Fence {

    private static final int STRIPES = 1024;

    /** The counters, which are their locks as well. */
    private final AtomicLong[] stripes =
            Stream.generate(AtomicLong::new).limit(STRIPES).toArray(AtomicLong[]::new);

    /** To be taken before the read begins. */
    long stamp(CacheKey key) {
        return stripe(key).get();
    }

    /** Runs the entry if the stamp still holds; false: it does not. The entry must not block. */
    boolean enter(CacheKey key, long stamp, Runnable entry) {
        AtomicLong stripe = stripe(key);
        synchronized (stripe) {
            if (stripe.get() != stamp) {
                return false;
            }
            entry.run();
            return true;
        }
    }

    /** Runs what drops the key, and lets nothing enter that has an older stamp. */
    void bump(CacheKey key, Runnable drop) {
        AtomicLong stripe = stripe(key);
        synchronized (stripe) {
            stripe.incrementAndGet();
            drop.run();
        }
    }

    /** Bumps as {@link #bump} does, and then runs the entry if the stamp held until now. */
    void replace(CacheKey key, long stamp, Runnable drop, Runnable entry) {
        AtomicLong stripe = stripe(key);
        synchronized (stripe) {
            boolean current = stripe.getAndIncrement() == stamp;
            drop.run();
            if (current) {
                entry.run();
            }
        }
    }

    /** Lets nothing enter any more that has a stamp by now. What has entered is to be dropped after it. */
    void bumpAll() {
        for (AtomicLong stripe : stripes) {
            synchronized (stripe) {
                stripe.incrementAndGet();
            }
        }
    }

    private AtomicLong stripe(CacheKey key) {
        int hash = key.hashCode();
        return stripes[(hash ^ hash >>> 16) & STRIPES - 1];
    }
}
