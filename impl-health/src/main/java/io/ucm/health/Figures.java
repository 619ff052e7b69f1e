// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import org.jspecify.annotations.Nullable;

/** Numbers as JSON knows them. */
final class Figures {

    /** Up to here a double holds every whole number. */
    private static final double WHOLE = 1L << 53;

    private Figures() {}

    /** Whole numbers without a fraction; null for what is no number or endless. */
    static @Nullable Number printable(Number number) {
        double value = number.doubleValue();
        if (!Double.isFinite(value)) {
            return null;
        }
        return value == Math.rint(value) && Math.abs(value) <= WHOLE ? (Number) (long) value : (Number) value;
    }
}
