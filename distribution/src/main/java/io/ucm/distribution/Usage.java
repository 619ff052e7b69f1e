// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

/** What the launcher says about itself. */
final class Usage {

    static final String TEXT = """
            Usage:
              ucm [OPTIONS]                                start, and open a shell; Ctrl-D ends it
              ucm exec [OPTIONS] 'COMMAND' ['COMMAND' …]   start, run the commands in order, stop
              ucm tour                                     see parts being exchanged under load
              ucm serve [OPTIONS] [--name NAME] [--port N] start, and run until SIGTERM or Ctrl-C
              ucm attach [--name NAME] [--wait SECONDS] ['COMMAND' …]
                                                           run the commands on a running server,
                                                           or open its shell
              ucm help                                     show this

            Options of what starts:
              --config DIR        your configuration instead of the embedded servers: DIR/conf with
                                  *.cfg.json and *.cfg, DIR/deploy with bundles, and if you like
                                  DIR/secrets and DIR/logback.xml; logs go to DIR/log
              --embedded          embedded servers beside your configuration
              --data DIR          embedded servers, which keep their data in DIR
              -Ducm.NAME=VALUE    set a property for the bundles
            Options of a server:
              --name NAME         what it is called; 'default' if left out
              --port N            where it listens on 127.0.0.1; any free port if left out
              --wait SECONDS      how long attach waits for it; 10 s if left out, and 60 s where it
                                  is starting

            Examples:
              ucm exec 'ucm:status'
              ucm exec 'ledger:run --seconds 5 --clients 16 --json' 'ucm:pool'
              echo 'ucm:pool' | ucm
              ucm serve --config /etc/ucm &
              ucm attach 'ucm:status'

            The exit code of exec and attach is 0 if every command succeeded, 1 if one failed (the
            rest are not run) or UCM could not start or be reached, 2 if the arguments are wrong.
            That of serve is 0 after a stop that was asked for.
            """;

    private static final String BANNER = """

            Try these first; Tab completes, Ctrl-D or exit ends:
              ucm:status                            what serves
              ucm:pool                              connections of each mode
              ledger:run --seconds 5 --clients 16   load that checks every promise
              help                                  all commands
            Bundles dropped into %s are deployed.

            """;

    private Usage() {}

    static String banner(OperatorFolder folder) {
        return BANNER.formatted(folder.deploy());
    }
}
