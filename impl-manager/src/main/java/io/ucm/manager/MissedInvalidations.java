// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels.Invalidated;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What was invalidated while no cache implementation was there to be told, or was not told to everybody by one that has
 * gone: the next one drops it before it serves, because a shared level can still have it. Not thread-safe.
 */
final class MissedInvalidations {

    private static final int MOST = 10_000;

    private final Set<CacheKey> keys = new HashSet<>();
    private boolean all;

    void add(Collection<CacheKey> missed) {
        if (!all) {
            keys.addAll(missed);
            if (keys.size() > MOST) {
                addAll();
            }
        }
    }

    void addAll() {
        keys.clear();
        all = true;
    }

    /** What was taken and not told after all, or what a gone part has not told everybody. */
    void add(Invalidated missed) {
        if (missed.all()) {
            addAll();
        } else {
            add(missed.keys());
        }
    }

    Invalidated take() {
        Invalidated taken = new Invalidated(keys, all);
        keys.clear();
        all = false;
        return taken;
    }
}
