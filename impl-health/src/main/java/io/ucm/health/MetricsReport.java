// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.shell.Table;
import java.util.List;
import java.util.stream.Collectors;

/** Figures by name and tags. Prints as a table. */
record MetricsReport(List<MeterRow> metrics) {

    /** Those whose name begins so; fails, and names what there is, when there are none. */
    MetricsReport under(String prefix) {
        List<MeterRow> found =
                metrics.stream().filter(row -> row.name().startsWith(prefix)).toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("no metric begins with '%s'; there are: %s"
                    .formatted(
                            prefix,
                            metrics.stream()
                                    .map(MeterRow::name)
                                    .distinct()
                                    .sorted()
                                    .toList()));
        }
        return new MetricsReport(found);
    }

    @Override
    public String toString() {
        Table table = new Table("name", "tags", "statistic", "value");
        for (MeterRow row : metrics) {
            String tags = row.tags().entrySet().stream()
                    .map(tag -> tag.getKey() + "=" + tag.getValue())
                    .collect(Collectors.joining(" "));
            row.values().forEach((statistic, value) -> table.row(row.name(), tags, statistic, value));
        }
        return table.toString();
    }
}
