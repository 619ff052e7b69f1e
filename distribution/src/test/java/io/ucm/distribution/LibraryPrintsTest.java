// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class LibraryPrintsTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream prints = new LibraryPrints(new PrintStream(printed, true, UTF_8));

    @Test
    void dropsWhatEventAdminPrintsWithoutItsLog() {
        prints.println("WARNING: EventAdmin: Event Task Processing Interrupted. Events may not be received in order.");

        assertThat(printed.toString(UTF_8)).isEmpty();
    }

    @Test
    void letsAllElsePass() {
        prints.println("WARNING: größer");
        prints.println((String) null);
        prints.print("a part, ");
        prints.printf("%d%n", 7);

        assertThat(printed.toString(UTF_8).lines()).containsExactly("WARNING: größer", "null", "a part, 7");
    }
}
