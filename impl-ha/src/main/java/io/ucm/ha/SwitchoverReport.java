// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.shell.Table;
import java.util.List;

/**
 * How two nodes exchanged their roles. Prints as a table, with a line on top that says how long nobody took writes.
 *
 * @param writersDrained sessions that were writing and ended their transactions
 * @param writersCut sessions that were writing still at the drain limit, and lost their transactions with the stop
 * @param pauseMs from the moment from which nobody was the primary until the new one was accepted
 * @param oldCameBack how the old primary became a standby: on its own data ({@code streams}) or on a fresh copy; {@code
 *     not yet} where somebody else still has to make it one
 * @param totalMs with all that came before the pause and after it
 */
record SwitchoverReport(
        String cluster,
        String from,
        String to,
        int writersDrained,
        int writersCut,
        long pauseMs,
        String oldCameBack,
        long totalMs,
        List<Step> steps) {

    /** What took how long. */
    record Step(String step, long ms) {}

    static final String STREAMS = "streams";
    static final String FRESH_COPY = "fresh copy";
    static final String NOT_YET = "not yet";

    SwitchoverReport {
        steps = List.copyOf(steps);
    }

    @Override
    public String toString() {
        Table table = new Table("step", "ms");
        steps.forEach(step -> table.row(step.step(), step.ms()));
        return ("cluster %s: %s is the primary, %s\n"
                        + "nobody took writes for %d ms; writers: %d drained, %d cut; %d ms in all\n\n%s")
                .formatted(cluster, to, old(), pauseMs, writersDrained, writersCut, totalMs, table);
    }

    private String old() {
        return oldCameBack.equals(NOT_YET)
                ? from + " has still to become its standby"
                : "%s is its standby (%s)".formatted(from, oldCameBack);
    }
}
