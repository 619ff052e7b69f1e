// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.PrintStream;
import java.util.Locale;

/** Says what was done and how long it took, a whole line at a time. Thread-safe. */
final class Progress {

    private final PrintStream out;

    Progress(PrintStream out) {
        this.out = out;
    }

    /** For what writes whole lines too. */
    PrintStream out() {
        return out;
    }

    /** A step that ran from {@code startNanos}, of {@link System#nanoTime()}, until now. */
    void step(String what, long startNanos) {
        double seconds = NANOSECONDS.toMillis(System.nanoTime() - startNanos) / 1000.0;
        say(String.format(Locale.ROOT, "%s %.1f s", what, seconds));
    }

    void say(String line) {
        out.println("ucm: " + line);
    }
}
