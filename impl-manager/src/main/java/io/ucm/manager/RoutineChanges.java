// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.function.BooleanSupplier;

/**
 * Whether one borrower is changing routines: then {@link SessionRules} are told, and told once more when it has ended,
 * whichever thread sees that. Thread-safe.
 */
final class RoutineChanges {

    private final SessionRules rules;
    private final BooleanSupplier ended;

    /** Changes under the lock of this. */
    private volatile boolean changing;

    /** @param ended whether the borrower has ended; when it has, it calls {@link #end} */
    RoutineChanges(SessionRules rules, BooleanSupplier ended) {
        this.rules = rules;
        this.ended = ended;
    }

    /** One is about to be changed. */
    void begin() {
        synchronized (this) {
            if (changing || ended.getAsBoolean()) {
                return;
            }
            changing = true;
            rules.changing();
        }
        if (ended.getAsBoolean()) {
            end();
        }
    }

    /** What was changed is in force, or never will be. */
    void end() {
        if (!changing) {
            return;
        }
        synchronized (this) {
            if (!changing) {
                return;
            }
            changing = false;
        }
        rules.changed();
    }
}
