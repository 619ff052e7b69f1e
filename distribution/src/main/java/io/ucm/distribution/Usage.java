// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

/** What the launcher says about itself. */
final class Usage {

    static final String TEXT = """
            Usage:
              ucm                                start, and open a shell; Ctrl-D ends it
              ucm exec 'COMMAND' ['COMMAND' …]   start, run the commands in order, stop
              ucm help                           show this

            Options, before the subcommand:
              -Ducm.NAME=VALUE                   set a property for the bundles

            Examples:
              ucm exec 'ucm:status'
              ucm exec 'ledger:run --seconds 5 --clients 16 --json' 'ucm:pool'
              echo 'ucm:pool' | ucm

            The exit code of exec is 0 if every command succeeded, 1 if one failed (the rest
            are not run) or UCM could not start, 2 if the arguments are wrong.
            """;

    static final String BANNER = """

            Try these first; Tab completes, Ctrl-D or exit ends:
              ucm:status                            what serves
              ucm:pool                              connections of each mode
              ledger:run --seconds 5 --clients 16   load that checks every promise
              help                                  all commands

            """;

    private Usage() {}
}
