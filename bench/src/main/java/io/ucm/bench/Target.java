// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A figure that was promised, and what was measured.
 *
 * @param what names the figure, its unit included
 * @param atMost whether the bound is the highest allowed, else the lowest
 */
record Target(String what, boolean atMost, double bound, double measured) {

    private static final int DECIMALS = 3;

    static Target atMost(String what, double bound, double measured) {
        return new Target(what, true, bound, measured);
    }

    static Target atLeast(String what, double bound, double measured) {
        return new Target(what, false, bound, measured);
    }

    /** Never met by what is no number. */
    boolean met() {
        return atMost ? measured <= bound : measured >= bound;
    }

    String bounds() {
        return (atMost ? "at most " : "at least ") + plain(bound);
    }

    String figure() {
        return plain(measured);
    }

    private static String plain(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value)
                        .setScale(DECIMALS, RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                : String.valueOf(value);
    }
}
