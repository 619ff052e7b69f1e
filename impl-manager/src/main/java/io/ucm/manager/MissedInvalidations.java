// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.CacheKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What was invalidated while no cache implementation was there to be told: the next one drops it before it serves,
 * because a shared level can still have it. Not thread-safe.
 */
final class MissedInvalidations {

    private static final int MOST = 10_000;

    /** What was missed; all: more than could be remembered. */
    record Missed(Set<CacheKey> keys, boolean all) {

        boolean isEmpty() {
            return !all && keys.isEmpty();
        }
    }

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

    /** Gives back what was taken and not told after all. */
    void add(Missed missed) {
        if (missed.all()) {
            addAll();
        } else {
            add(missed.keys());
        }
    }

    Missed take() {
        Missed taken = new Missed(Set.copyOf(keys), all);
        keys.clear();
        all = false;
        return taken;
    }
}
