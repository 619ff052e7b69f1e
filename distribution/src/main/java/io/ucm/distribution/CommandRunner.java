// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Runs commands one after the other, and prints what they return or why they failed. Not thread-safe. */
final class CommandRunner {

    private static final Set<String> ENDS = Set.of("exit", "shutdown");

    private final ShellSession shell;
    private final Streams streams;
    private final BooleanSupplier closing;

    /** Nothing is said about commands that fail while closing: that is why they fail. */
    CommandRunner(ShellSession shell, Streams streams, BooleanSupplier closing) {
        this.shell = shell;
        this.streams = streams;
        this.closing = closing;
    }

    /** False if a command failed; those after it were not run. */
    boolean untilFailure(List<String> commands) {
        for (String command : commands) {
            if (ends(command)) {
                return true;
            }
            if (!run(command)) {
                return false;
            }
        }
        return true;
    }

    /** False if any line failed; the others were run all the same. Empty lines and those with # are skipped. */
    boolean untilEnd(BufferedReader lines) throws IOException {
        boolean succeeded = true;
        String line = lines.readLine();
        while (line != null && !ends(line) && !closing.getAsBoolean()) {
            if (!line.isBlank() && !line.strip().startsWith("#")) {
                succeeded &= run(line);
            }
            line = lines.readLine();
        }
        return succeeded;
    }

    private static boolean ends(String command) {
        return ENDS.contains(command.strip());
    }

    private String why(String command, Exception failure) {
        return WrongArguments.of(command, failure, shell).orElseGet(() -> Failure.message(failure));
    }

    private boolean run(String command) {
        try {
            Object value = shell.execute(command);
            if (value != null) {
                streams.out().println(shell.format(value));
            }
            return true;
        } catch (Exception e) {
            if (!closing.getAsBoolean()) {
                streams.flush();
                streams.err().println("ucm: " + command.strip() + ": " + why(command, e));
            }
            return false;
        } finally {
            streams.flush();
        }
    }
}
