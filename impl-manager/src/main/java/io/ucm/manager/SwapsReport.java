// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.shell.Table;
import java.util.List;
import java.util.Locale;

/** The last exchanges, oldest first. Prints as a table. */
record SwapsReport(List<SwapReport> swaps) {

    @Override
    public String toString() {
        if (swaps.isEmpty()) {
            return "nothing was exchanged yet";
        }
        Table table = new Table(
                "at", "slot", "from", "to", "cause", "drained", "aborted", "parked", "gap ms", "wait ms", "outcome",
                "why");
        swaps.forEach(swap -> table.row(
                swap.at(),
                swap.slot(),
                swap.from(),
                swap.to(),
                swap.cause(),
                swap.drained(),
                swap.aborted(),
                swap.parked(),
                millis(swap.longestGapMs()),
                millis(swap.longestWaitMs()),
                swap.outcome(),
                swap.why()));
        return table.toString();
    }

    private static String millis(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
