// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.shell.Table;
import java.util.List;

/** A report as {@code ucm:health} prints it: as a table, or these components as JSON. */
record HealthTable(HealthStatus status, List<ComponentRow> components, long elapsedMs) {

    static HealthTable of(List<HealthComponent> components, long elapsedMs) {
        return new HealthTable(
                Outcome.worst(components),
                components.stream().map(ComponentRow::of).toList(),
                elapsedMs);
    }

    @Override
    public String toString() {
        Table table = new Table("component", "status", "reason", "figures");
        components.forEach(c -> table.row(c.name(), c.status(), c.reason(), c.figuresAsText()));
        return table + "\n\n" + status + " (" + elapsedMs + " ms)";
    }
}
