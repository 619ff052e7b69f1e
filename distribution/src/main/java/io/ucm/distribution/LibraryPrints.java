// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * What libraries print past the log, without what EventAdmin says of its own end: while it has a log it warns there, and
 * once it has none it interrupts its own threads and warns of that.
 */
final class LibraryPrints extends PrintStream {

    private static final String WITHOUT_LOG = "WARNING: EventAdmin: ";

    private final PrintStream lines;

    /** @param lines where whole lines stay whole */
    LibraryPrints(PrintStream lines) {
        super(lines, true, UTF_8);
        this.lines = lines;
    }

    @Override
    public void println(@Nullable String line) {
        if (line == null || !line.startsWith(WITHOUT_LOG)) {
            lines.println(line);
        }
    }
}
