// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {

    @TempDir
    private Path folder;

    @Test
    void aSuiteReplacesItsOwnPartOnly() {
        String text = "# Results\n";
        text = Results.replace(text, "borrow", "old borrow\n");
        text = Results.replace(text, "fairness", "fairness\n");
        text += "\nBy hand.\n";

        assertThat(Results.replace(text, "borrow", "new borrow\n")).isEqualTo("""
                # Results

                <!-- borrow: begin -->
                new borrow
                <!-- borrow: end -->

                <!-- fairness: begin -->
                fairness
                <!-- fairness: end -->

                By hand.
                """);
    }

    @Test
    void aPartWithoutItsEndIsLeftAlone() {
        assertThatThrownBy(() -> Results.replace("<!-- borrow: begin -->\nhand-written\n", "borrow", "new\n"))
                .hasMessageContaining("the part of suite borrow has no line <!-- borrow: end -->");
    }

    @Test
    void whatPeopleWroteSurvivesANewRun() throws IOException {
        Files.createDirectories(folder.resolve("notes"));
        Files.writeString(folder.resolve("notes/borrow.md"), "A reason.\n");
        Report report = new Report("borrow", "a machine", "How.", List.of(), List.of());

        new Results(folder).write(report);
        new Results(folder).write(report);

        assertThat(folder.resolve("results/borrow.json")).hasContent(report.json());
        assertThat(Files.readString(folder.resolve("RESULTS.md")))
                .startsWith("# Results\n")
                .containsOnlyOnce("## borrow")
                .containsOnlyOnce("\nA reason.\n<!-- borrow: end -->\n");
    }
}
