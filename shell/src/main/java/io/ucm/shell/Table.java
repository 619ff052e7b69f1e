// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows under headings, in columns as wide as their widest cell; numbers stand on the right. Not thread-safe. */
public final class Table {

    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    public Table(String... headings) {
        this(List.of(headings));
    }

    public Table(List<String> headings) {
        this.headings = List.copyOf(headings);
    }

    /** Adds a row; null prints as nothing. */
    public Table row(@Nullable Object... cells) {
        return row(Arrays.asList(cells));
    }

    public Table row(List<? extends @Nullable Object> cells) {
        if (cells.size() != headings.size()) {
            throw new IllegalArgumentException(cells.size() + " cells for " + headings.size() + " columns");
        }
        rows.add(new ArrayList<>(cells));
        return this;
    }

    /** Whether it has no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    @Override
    public String toString() {
        int[] widths = widths();
        StringBuilder out = new StringBuilder();
        line(out, headings, widths);
        for (int column = 0; column < widths.length; column++) {
            out.append(column == 0 ? "" : GAP).append("-".repeat(widths[column]));
        }
        rows.forEach(row -> line(out.append('\n'), row, widths));
        return out.toString();
    }

    private int[] widths() {
        return IntStream.range(0, headings.size()).map(this::width).toArray();
    }

    private int width(int column) {
        int widest = headings.get(column).length();
        for (List<@Nullable Object> row : rows) {
            widest = Math.max(widest, text(row.get(column)).length());
        }
        return widest;
    }

    private void line(StringBuilder out, List<? extends @Nullable Object> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String text = text(cells.get(column));
            String padding = " ".repeat(widths[column] - text.length());
            line.append(column == 0 ? "" : GAP).append(numeric(column) ? padding + text : text + padding);
        }
        out.append(line.toString().stripTrailing());
        if (cells == headings) {
            out.append('\n');
        }
    }

    private boolean numeric(int column) {
        return !rows.isEmpty()
                && rows.stream().allMatch(row -> row.get(column) == null || row.get(column) instanceof Number);
    }

    /** A cell stays on its line: what would break the line is shown as an escape. */
    private static String text(@Nullable Object cell) {
        return cell == null
                ? ""
                : cell.toString()
                        .replace("\\", "\\\\")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t");
    }
}
