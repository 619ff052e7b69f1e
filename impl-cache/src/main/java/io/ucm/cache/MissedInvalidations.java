// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What was invalidated while Redis was away and has to be told to it before it is used again. Not thread-safe. Of more keys
 * than the limit only this is kept: all.
 */
final class MissedInvalidations {

    /**
     * Some of what was missed.
     *
     * @param all every key of the cluster; there are no keys then
     */
    record Missed(boolean all, Set<CacheKey> keys) {}

    private final int limit;
    private Set<CacheKey> keys = new HashSet<>();
    private boolean all;

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
        keys = new HashSet<>();
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** All counts as one. */
    int size() {
        return all ? 1 : keys.size();
    }

    /** Takes them out: who can't tell Redis puts them back. */
    Missed take() {
        Missed taken = new Missed(all, Set.copyOf(keys));
        keys = new HashSet<>();
        all = false;
        return taken;
    }
}
