// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Settings, all system properties, for libraries that would otherwise write past the log. */
final class LibraryOutput {

    private LibraryOutput() {}

    /** {@code java.util.logging}: warnings only, one line each. To be called before anybody logs. */
    static void quiet() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tT.%1$tL %4$s %3$s: %5$s%n");
        Logger.getLogger("").setLevel(Level.WARNING);
    }

    /** JLine must not touch a terminal that it was not given: no native signal handlers, no warning. */
    static void withoutTerminal() {
        System.setProperty("org.jline.terminal.provider", "dumb");
        System.setProperty("org.jline.terminal.dumb", "true");
    }
}
