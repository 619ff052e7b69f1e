// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels.Invalidated;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What was invalidated while Redis was away and has to be told to it before it is used again. Not thread-safe. Of more keys
 * than the limit only this is kept: all.
 */
final class MissedInvalidations {

    private final int limit;
    private final Set<CacheKey> keys = new HashSet<>();
    private boolean all;

    /** What was taken out last, until Redis has heard of it. */
    private Invalidated telling = Invalidated.NOTHING;

    MissedInvalidations(int limit) {
        this.limit = limit;
    }

    void add(Collection<CacheKey> missed) {
        if (!all) {
            keys.addAll(missed);
            if (keys.size() > limit) {
                addAll();
            }
        }
    }

    void addAll() {
        all = true;
        keys.clear();
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** All counts as one. */
    int size() {
        return all ? 1 : keys.size();
    }

    /** Takes them out, with what was taken before and not told. */
    Invalidated take() {
        addTelling();
        telling = new Invalidated(keys, all);
        keys.clear();
        all = false;
        return telling;
    }

    /** Redis has heard of what was taken. */
    void told() {
        telling = Invalidated.NOTHING;
    }

    /** All of which Redis has not heard, as far as anybody knows. */
    Invalidated untold() {
        addTelling();
        return new Invalidated(keys, all);
    }

    private void addTelling() {
        if (telling.all()) {
            addAll();
        } else {
            add(telling.keys());
        }
        telling = Invalidated.NOTHING;
    }
}
