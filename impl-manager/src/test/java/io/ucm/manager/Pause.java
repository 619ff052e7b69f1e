// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A time in which a thread does nothing. Unlike one that is parked, it is not woken by what it waited for before. */
final class Pause {

    private Pause() {}

    /** An interrupt ends it, and stays. */
    static void of(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
