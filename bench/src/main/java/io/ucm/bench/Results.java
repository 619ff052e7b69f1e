// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The module's folder: {@code results/SUITE.json}, {@code RESULTS.md} with a part for each suite, and
 * {@code notes/SUITE.md}, written by people, which goes into that part.
 */
record Results(Path folder) {

    private static final String TITLE = """
            # Results

            Written by `bench/run SUITE`; what people have to say about a suite is in `notes/SUITE.md`. Each suite's figures are
            from one run. '±' is how far the quartiles of its rounds are apart; with fewer than eight rounds, the lowest and the
            highest.
            """;

    void write(Report report) throws IOException {
        Path json = folder.resolve("results").resolve(report.suite() + ".json");
        Files.createDirectories(json.getParent());
        Files.writeString(json, report.json());
        Path notes = folder.resolve("notes").resolve(report.suite() + ".md");
        Path results = folder.resolve("RESULTS.md");
        String before = Files.exists(results) ? Files.readString(results) : TITLE;
        String part = report.markdown(Files.exists(notes) ? Files.readString(notes) : "");
        Files.writeString(results, replace(before, report.suite(), part));
    }

    /** The text with the suite's part, between its markers, exchanged, or added at the end. */
    static String replace(String text, String suite, String part) {
        String begin = "<!-- " + suite + ": begin -->\n";
        String end = "<!-- " + suite + ": end -->\n";
        String marked = begin + part + end;
        int from = text.indexOf(begin);
        if (from < 0) {
            return text + "\n" + marked;
        }
        int to = text.indexOf(end, from);
        if (to < 0) {
            throw new IllegalArgumentException(
                    "RESULTS.md: the part of suite " + suite + " has no line " + end.strip());
        }
        return text.substring(0, from) + marked + text.substring(to + end.length());
    }
}
