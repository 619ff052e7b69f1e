// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the arguments ask for. The commands are empty unless the action is {@link Action#EXEC}. */
record CommandLine(Action action, List<String> commands, Map<String, String> properties) {

    /** The prefix of the properties that are UCM's. */
    static final String PROPERTIES = "ucm.";

    enum Action {
        HELP,
        SHELL,
        EXEC
    }

    CommandLine {
        commands = List.copyOf(commands);
        properties = Map.copyOf(properties);
    }

    static CommandLine parse(String... args) throws UsageException {
        Map<String, String> properties = new LinkedHashMap<>();
        int next = 0;
        while (next < args.length && args[next].startsWith("-D")) {
            addProperty(properties, args[next++].substring(2));
        }
        if (next == args.length) {
            return new CommandLine(Action.SHELL, List.of(), properties);
        }
        String name = args[next++];
        List<String> rest = Arrays.asList(args).subList(next, args.length);
        return switch (name) {
            case "help", "--help", "-h" -> new CommandLine(Action.HELP, List.of(), properties);
            case "exec" -> exec(rest, properties);
            default -> throw new UsageException("unknown %s '%s'".formatted(kind(name), name));
        };
    }

    private static void addProperty(Map<String, String> properties, String assignment) throws UsageException {
        int equals = assignment.indexOf('=');
        if (!assignment.startsWith(PROPERTIES) || equals < 0) {
            throw new UsageException("-D" + assignment + ": expected -D" + PROPERTIES + "NAME=VALUE");
        }
        properties.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    private static CommandLine exec(List<String> commands, Map<String, String> properties) throws UsageException {
        if (commands.isEmpty()) {
            throw new UsageException("exec: no command given");
        }
        String first = commands.get(0);
        if (first.equals("--help") || first.equals("-h")) {
            return new CommandLine(Action.HELP, List.of(), properties);
        }
        if (first.startsWith("-")) {
            throw new UsageException("exec: unknown option '" + first + "'");
        }
        if (commands.stream().anyMatch(String::isBlank)) {
            throw new UsageException("exec: a command is empty");
        }
        return new CommandLine(Action.EXEC, commands, properties);
    }

    private static String kind(String name) {
        return name.startsWith("-") ? "option" : "command";
    }
}
