// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Knows what a reader may no longer see. Thread-safe.
 *
 * <p>When a change is complete, its version is the least that whoever begins to read then may get. So a reader asks for
 * the least version before it begins.
 */
final class Judge {

    private record Key(String shop, int id) {}

    private final Map<Key, Long> leastVersions = new ConcurrentHashMap<>();
    private final LongAdder changes = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder wrong = new LongAdder();

    /** A change of a price is complete: it is committed, and the cache has forgotten what was there before. */
    void changed(Product product) {
        changes.increment();
        leastVersions.merge(new Key(product.shop(), product.id()), product.version(), Math::max);
    }

    /** To be asked before the read begins. */
    long leastVersion(String shop, int id) {
        return leastVersions.getOrDefault(new Key(shop, id), 0L);
    }

    /** Somebody who asked for this product was given that one. */
    void seen(String shop, int id, long leastVersion, @Nullable Product given) {
        if (given == null || !given.shop().equals(shop) || given.id() != id) {
            wrong.increment();
        } else if (given.version() < leastVersion) {
            stale.increment();
        }
    }

    long changes() {
        return changes.sum();
    }

    /** Reads that were given an older version than they might see. */
    long stale() {
        return stale.sum();
    }

    /** Reads that were given another product, or none. */
    long wrong() {
        return wrong.sum();
    }
}
