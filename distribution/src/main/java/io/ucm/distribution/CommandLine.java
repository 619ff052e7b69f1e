// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the arguments ask for. Only {@link Action#EXEC} and {@link Action#ATTACH} have commands. */
record CommandLine(Action action, Options options, List<String> commands) {

    /** The prefix of the properties that are UCM's. */
    static final String PROPERTIES = "ucm.";

    enum Action {
        HELP,
        SHELL,
        EXEC,
        TOUR,
        SERVE,
        ATTACH;

        /** All that start a container. */
        static final Set<Action> STARTS = EnumSet.of(SHELL, EXEC, TOUR, SERVE);

        /** As an argument, and in messages. */
        String word() {
            return this == SHELL ? "ucm" : name().toLowerCase(Locale.ROOT);
        }
    }

    CommandLine {
        commands = List.copyOf(commands);
    }

    /** Options stand before the subcommand, or between it and its commands. */
    static CommandLine parse(String... args) throws UsageException {
        OptionParser parser = new OptionParser();
        List<String> rest = parser.take("ucm", Arrays.asList(args));
        if (parser.helpIsAsked()) {
            return new CommandLine(Action.HELP, Options.NONE, List.of());
        }
        if (rest.isEmpty()) {
            return new CommandLine(Action.SHELL, parser.options(Action.SHELL), List.of());
        }
        String name = rest.get(0);
        Action action =
                switch (name) {
                    case "help" -> Action.HELP;
                    case "exec" -> Action.EXEC;
                    case "tour" -> Action.TOUR;
                    case "serve" -> Action.SERVE;
                    case "attach" -> Action.ATTACH;
                    default ->
                        throw new UsageException(
                                "unknown command '" + name + "'; there are: exec, tour, serve, attach, help");
                };
        List<String> commands = parser.take(action.word(), rest.subList(1, rest.size()));
        if (parser.helpIsAsked() || action == Action.HELP) {
            return new CommandLine(Action.HELP, Options.NONE, List.of());
        }
        checkCommands(action, commands);
        return new CommandLine(action, parser.options(action), commands);
    }

    private static void checkCommands(Action action, List<String> commands) throws UsageException {
        if (action == Action.EXEC && commands.isEmpty()) {
            throw new UsageException("exec: no command given");
        }
        if (action == Action.TOUR && !commands.isEmpty()) {
            throw new UsageException("tour: takes no command, but got '" + commands.get(0) + "'");
        }
        if (action == Action.SERVE && !commands.isEmpty()) {
            throw new UsageException("serve: takes no command, but got '" + commands.get(0) + "'; see attach");
        }
        if (commands.stream().anyMatch(String::isBlank)) {
            throw new UsageException(action.word() + ": a command is empty");
        }
    }
}
