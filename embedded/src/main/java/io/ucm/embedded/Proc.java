// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the kernel tells about processes: on Linux in {@code /proc}, elsewhere less. Stateless. */
final class Proc {

    static final char UNKNOWN = '?';

    private Proc() {}

    /** Dead, or dead and not yet waited for by its parent. */
    static boolean ended(ProcessHandle process) {
        return !process.isAlive() || state(process) == 'Z';
    }

    /** {@code T} stopped by a signal, {@code Z} dead and not waited for, {@link #UNKNOWN} when it can't be told. */
    static char state(ProcessHandle process) {
        try {
            String stat = Files.readString(of(process).resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    /** The command line as it was started, unless the process changed it; empty when it can't be told. */
    static List<String> command(ProcessHandle process) {
        try {
            String line = Files.readString(of(process).resolve("cmdline"), StandardCharsets.UTF_8);
            return line.isEmpty() ? List.of() : List.of(line.split("\0", -1));
        } catch (IOException e) {
            ProcessHandle.Info info = process.info();
            return Stream.concat(info.command().stream(), info.arguments().map(List::of).orElse(List.of()).stream())
                    .toList();
        }
    }

    /** Where it works, with {@code " (deleted)"} at the end if that is gone; empty when it can't be told. */
    static Optional<String> workingFolder(ProcessHandle process) {
        return link(process, "cwd");
    }

    /** The file that it executes; empty when it can't be told. */
    static Optional<String> program(ProcessHandle process) {
        return link(process, "exe");
    }

    private static Optional<String> link(ProcessHandle process, String name) {
        try {
            return Optional.of(Files.readSymbolicLink(of(process).resolve(name)).toString());
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    private static Path of(ProcessHandle process) {
        return Path.of("/proc", Long.toString(process.pid()));
    }
}
