// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.shell.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what is configured can work, as {@code ucm:validate} prints it. */
record ValidateReport(boolean valid, HealthStatus status, List<Check> checks, long elapsedMs) {

    /** One thing that was checked. */
    record Check(String name, HealthStatus status, @Nullable String reason) {}

    static ValidateReport of(List<HealthComponent> components, long elapsedMs) {
        HealthStatus status = Outcome.worst(components);
        return new ValidateReport(
                !Outcome.fails(status),
                status,
                components.stream()
                        .map(c -> new Check(c.name(), c.status(), c.reason()))
                        .toList(),
                elapsedMs);
    }

    @Override
    public String toString() {
        Table table = new Table("check", "status", "reason");
        checks.forEach(c -> table.row(c.name(), c.status(), c.reason()));
        return table + "\n\n" + (valid ? "valid" : "not valid") + " (" + elapsedMs + " ms)";
    }
}
