// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.InputStream;
import java.io.PrintStream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;

/** Waits until every configured manager serves, by the command with which the manager bundle answers that. */
final class Readiness {

    private static final String FILTER = "(&(osgi.command.scope=ucm)(osgi.command.function=ready))";
    private static final String COMMAND = "ucm:ready --seconds 60";

    private Readiness() {}

    /** Blocks up to 60 s, then throws with the reasons; at once if no bundle can answer. */
    static void await(BundleContext context, PrintStream err) throws Exception {
        if (!isAnswered(context)) {
            throw new IllegalStateException("no manager bundle is installed: no bundle offers the command ucm:ready");
        }
        try (ShellSession shell = ShellSession.open(context, InputStream.nullInputStream(), err, err)) {
            shell.execute(COMMAND);
        }
    }

    private static boolean isAnswered(BundleContext context) throws InvalidSyntaxException {
        return context.getAllServiceReferences(null, FILTER) != null;
    }
}
