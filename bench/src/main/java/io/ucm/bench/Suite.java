// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.io.PrintStream;
import java.nio.file.Path;

/** Benchmarks that belong together: one table. */
interface Suite {

    /**
     * What it needs to know.
     *
     * @param peers a folder for each product that is a set of bundles, with these
     */
    record Run(Path assembly, Path peers, boolean quick, PrintStream progress) {

        /** @return the first of both, or the second where a run is to be quick */
        int choose(int usual, int quickly) {
            return quick ? quickly : usual;
        }

        void say(String what) {
            progress.println("bench: " + what);
        }
    }

    String name();

    /** One line. */
    String summary();

    /** Fails where contestants did not do the same. */
    Report run(Run run) throws Exception;
}
