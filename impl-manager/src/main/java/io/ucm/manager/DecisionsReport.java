// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.shell.Table;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Comparator;
import java.util.List;

/** What autoscalers did, oldest first. Prints as a table. */
record DecisionsReport(List<DecisionReport> decisions) {

    /** With as many digits each, so that the order of the texts is that of the times. */
    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    /**
     * One change of a pool's size.
     *
     * @param at ISO 8601
     */
    record DecisionReport(String at, String cluster, String mode, String node, int from, int to, String why) {

        private static DecisionReport of(Manager manager, Decisions.Decision decision) {
            return new DecisionReport(
                    MILLIS.format(decision.at()),
                    manager.key().cluster(),
                    manager.key().mode(),
                    decision.node(),
                    decision.from(),
                    decision.to(),
                    decision.why());
        }
    }

    static DecisionsReport of(List<Manager> managers) {
        return new DecisionsReport(managers.stream()
                .flatMap(manager ->
                        manager.decisions().all().stream().map(decision -> DecisionReport.of(manager, decision)))
                .sorted(Comparator.comparing(DecisionReport::at))
                .toList());
    }

    @Override
    public String toString() {
        if (decisions.isEmpty()) {
            return "no pool was resized yet";
        }
        Table table = new Table("at", "cluster", "mode", "node", "from", "to", "why");
        decisions.forEach(d -> table.row(d.at(), d.cluster(), d.mode(), d.node(), d.from(), d.to(), d.why()));
        return table.toString();
    }
}
