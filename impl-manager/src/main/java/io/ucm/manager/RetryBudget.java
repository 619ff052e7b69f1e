// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * How much may be tried again after it took too long: a tenth of what succeeds, and a few to begin with. So it is a help
 * to who was unlucky, and where all is slow it does not make it slower. Thread-safe.
 */
final class RetryBudget {

    private static final int PRICE = 10;
    private static final int MOST = 10 * PRICE;

    private final HotCounter saved = new HotCounter();

    RetryBudget() {
        saved.add(MOST);
    }

    /** A call succeeded. */
    void succeeded() {
        if (saved.get() < MOST) {
            saved.add(1);
        }
    }

    /** Takes what one more try costs; false: there is not so much. */
    boolean spend() {
        for (long now = saved.get(); now >= PRICE; now = saved.get()) {
            if (saved.compareAndSet(now, now - PRICE)) {
                return true;
            }
        }
        return false;
    }
}
