// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What was acknowledged in one run, by id. Thread-safe; the bits are guarded by this object. */
final class Account {

    private final AtomicLong next = new AtomicLong();
    private final BitSet acknowledged = new BitSet();

    /** An id that was never given before. */
    int newId() {
        return Math.toIntExact(next.getAndIncrement());
    }

    synchronized void acknowledge(int id) {
        acknowledged.set(id);
    }

    /** Holds the account against the table. */
    synchronized Balance balance(Map<Integer, Integer> copiesById) {
        long lost =
                acknowledged.stream().filter(id -> !copiesById.containsKey(id)).count();
        long duplicated =
                copiesById.values().stream().filter(copies -> copies > 1).count();
        return new Balance(lost, duplicated);
    }

    /** Ids that were acknowledged and aren't there; ids that are there more than once. */
    record Balance(long lost, long duplicated) {}
}
