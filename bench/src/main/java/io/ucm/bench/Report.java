// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import io.ucm.shell.Json;
import io.ucm.shell.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run of one suite found.
 *
 * @param how what was measured, and how; Markdown
 */
record Report(String suite, String machine, String how, List<Row> rows, List<Target> targets) {

    /** The shape of {@code results/SUITE.json}. */
    private record Results(String suite, String machine, List<Row> rows) {}

    /** A line of the table. */
    private record Line(String name, String contestant, String version) {}

    String json() {
        // One row a line: what a new run changed is seen in the diff.
        return Json.line(new Results(suite, machine, rows))
                        .replace("\"rows\":[{", "\"rows\":[\n{")
                        .replace("},{", "},\n{")
                + "\n";
    }

    /** Cases with the same metrics stand in one table: a line for each contestant, two columns for each metric. */
    String tables() {
        Map<String, Set<String>> metrics = new LinkedHashMap<>();
        for (Row row : rows) {
            metrics.computeIfAbsent(row.name(), name -> new LinkedHashSet<>()).add(row.metric());
        }
        Map<Set<String>, List<String>> groups = metrics.keySet().stream()
                .collect(Collectors.groupingBy(metrics::get, LinkedHashMap::new, Collectors.toList()));
        return groups.values().stream().map(this::table).collect(Collectors.joining("\n\n"));
    }

    private String table(List<String> names) {
        List<Row> chosen =
                rows.stream().filter(row -> names.contains(row.name())).toList();
        List<String> headings = new ArrayList<>(List.of("case", "contestant", "version"));
        Map<String, Integer> columns = new LinkedHashMap<>();
        for (Row row : chosen) {
            if (columns.putIfAbsent(row.metric(), columns.size()) == null) {
                headings.add(new Metric(row.metric(), row.unit(), 0).heading());
                headings.add("±");
            }
        }
        Map<Line, @Nullable Object[]> lines = new LinkedHashMap<>();
        for (Row row : chosen) {
            @Nullable
            Object[] cells = lines.computeIfAbsent(
                    new Line(row.name(), row.contestant(), row.version()), line -> new Object[2 * columns.size()]);
            int column = 2 * columns.get(row.metric());
            cells[column] = row.value();
            cells[column + 1] = row.spread();
        }
        Table table = new Table(headings);
        lines.forEach((line, cells) -> {
            List<@Nullable Object> all = new ArrayList<>(List.of(line.name(), line.contestant(), line.version()));
            all.addAll(java.util.Arrays.asList(cells));
            table.row(all);
        });
        return table.toString();
    }

    String verdicts() {
        Table table = new Table("target", "bound", "measured", "verdict");
        targets.forEach(
                target -> table.row(target.what(), target.bounds(), target.figure(), target.met() ? "met" : "missed"));
        return table.toString();
    }

    /**
     * The suite's part of {@code RESULTS.md}.
     *
     * @param notes what people have to say about it; may be empty
     */
    String markdown(String notes) {
        return "## " + suite + "\n\n" + how.strip() + "\n\nMachine: " + machine + ".\n\n```\n" + tables() + "\n\n"
                + verdicts() + "\n```\n" + (notes.isBlank() ? "" : "\n" + notes.strip() + "\n");
    }
}
