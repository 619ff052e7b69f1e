// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.shell.Table;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code ucm:failover} did. Prints as a table, with what may have been lost below.
 *
 * @param action promoted, finished, or undone; nothing: all was as it should be
 * @param lost the primary that is not there
 * @param primary the new one; after an undoing the old one
 * @param possibleLoss what may have been lost; empty when nothing was
 */
record FailoverReport(
        String cluster,
        String action,
        String lost,
        String primary,
        @Nullable Integer timeline,
        boolean forced,
        long elapsedMs,
        List<String> possibleLoss) {

    static FailoverReport promoted(String cluster, Order order, Outcome outcome, Duration elapsed) {
        return of(cluster, outcome.changed() ? "promoted" : "finished", order, outcome, elapsed);
    }

    static FailoverReport undone(String cluster, Order order, Outcome outcome, Duration elapsed) {
        return of(cluster, outcome.changed() ? "undone" : "nothing", order, outcome, elapsed);
    }

    private static FailoverReport of(String cluster, String action, Order order, Outcome outcome, Duration elapsed) {
        return new FailoverReport(
                cluster,
                action,
                order.primary(),
                outcome.node(),
                outcome.timeline(),
                order.forced(),
                elapsed.toMillis(),
                outcome.risks());
    }

    @Override
    public String toString() {
        String table = new Table("cluster", "action", "lost", "primary", "timeline", "forced", "ms")
                .row(cluster, action, lost, primary, timeline, forced ? "yes" : "no", elapsedMs)
                .toString();
        return possibleLoss.isEmpty()
                ? table
                : table + "\npossible loss: " + String.join("\npossible loss: ", possibleLoss);
    }
}
