// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number that many threads change all the time, alone in its lines of the processors' caches: so that who reads what
 * lies beside it does not wait for them. Thread-safe.
 */
final class HotCounter {

    /** Two lines of 64 bytes: processors fetch them in pairs. */
    private static final int PADDING = 16;

    private final AtomicLongArray padded = new AtomicLongArray(2 * PADDING);

    long get() {
        return padded.get(PADDING);
    }

    boolean compareAndSet(long expected, long next) {
        return padded.compareAndSet(PADDING, expected, next);
    }

    long add(long more) {
        return padded.addAndGet(PADDING, more);
    }
}
