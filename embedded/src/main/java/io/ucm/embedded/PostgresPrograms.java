// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's unpacked programs and the user that they run as. Immutable. */
record PostgresPrograms(Path home, UnprivilegedUser user) {

    /** The command line of a program such as {@code initdb}. */
    List<String> command(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return user.command(command);
    }
}
