// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.distribution.CommandLine.Action;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects options from the front of argument lists. Not thread-safe. */
final class OptionParser {

    private static final String PROPERTY = "-D";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private enum Option {
        CONFIG("--config", "a folder", Action.STARTS),
        DATA("--data", "a folder", Action.STARTS),
        EMBEDDED("--embedded", null, Action.STARTS),
        NAME("--name", "a name", Set.of(Action.SERVE, Action.ATTACH)),
        PORT("--port", "a port from 1 to 65535", Set.of(Action.SERVE)),
        WAIT("--wait", "a number of seconds", Set.of(Action.ATTACH));

        private final String word;
        private final @Nullable String value;
        private final Set<Action> actions;

        Option(String word, @Nullable String value, Set<Action> actions) {
            this.word = word;
            this.value = value;
            this.actions = actions;
        }

        static Option of(String word, String where) throws UsageException {
            for (Option option : values()) {
                if (option.word.equals(word)) {
                    return option;
                }
            }
            throw new UsageException((where.equals("ucm") ? "" : where + ": ") + "unknown option '" + word + "'");
        }
    }

    private final Map<Option, String> values = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private boolean help;

    /** Takes the options that the list begins with, and returns what is behind them. */
    List<String> take(String where, List<String> args) throws UsageException {
        Deque<String> left = new ArrayDeque<>(args);
        while (!help && !left.isEmpty() && left.getFirst().startsWith("-")) {
            takeOne(where, left.removeFirst(), left);
        }
        return List.copyOf(left);
    }

    private void takeOne(String where, String arg, Deque<String> left) throws UsageException {
        if (arg.equals("--help") || arg.equals("-h")) {
            help = true;
        } else if (arg.startsWith(PROPERTY)) {
            addProperty(arg.substring(PROPERTY.length()));
        } else {
            int equals = arg.indexOf('=');
            Option option = Option.of(equals < 0 ? arg : arg.substring(0, equals), where);
            if (values.put(option, value(option, equals < 0 ? null : arg.substring(equals + 1), left)) != null) {
                throw new UsageException(option.word + " is given twice");
            }
        }
    }

    private static String value(Option option, @Nullable String assigned, Deque<String> left) throws UsageException {
        if (option.value == null) {
            if (assigned != null) {
                throw new UsageException(option.word + " takes no value, but got '" + assigned + "'");
            }
            return "";
        }
        String value = assigned == null ? left.pollFirst() : assigned;
        if (value == null || value.isBlank()) {
            throw new UsageException(option.word + " needs " + option.value);
        }
        return value;
    }

    private void addProperty(String assignment) throws UsageException {
        int equals = assignment.indexOf('=');
        if (!assignment.startsWith(CommandLine.PROPERTIES) || equals < 0) {
            throw new UsageException("-D" + assignment + ": expected -D" + CommandLine.PROPERTIES + "NAME=VALUE");
        }
        properties.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    boolean helpIsAsked() {
        return help;
    }

    /** Refuses an option that the action has no use for. */
    Options options(Action action) throws UsageException {
        for (Option option : values.keySet()) {
            if (!option.actions.contains(action)) {
                throw new UsageException("%s: %s is no option of it, but of %s"
                        .formatted(
                                action.word(),
                                option.word,
                                String.join(
                                        ", ",
                                        option.actions.stream()
                                                .sorted()
                                                .map(Action::word)
                                                .toList())));
            }
        }
        if (action == Action.ATTACH && !properties.isEmpty()) {
            throw new UsageException("attach: -D is no option of it; give it to the server");
        }
        return new Options(
                path(Option.CONFIG),
                path(Option.DATA),
                values.containsKey(Option.EMBEDDED),
                name(),
                port(),
                waiting(),
                properties);
    }

    private @Nullable Path path(Option option) throws UsageException {
        String value = values.get(option);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException e) {
            throw new UsageException(option.word + " '" + value + "': " + e.getReason());
        }
    }

    private @Nullable String name() throws UsageException {
        String value = values.get(Option.NAME);
        if (value != null && !NAME.matcher(value).matches()) {
            throw new UsageException("--name '" + value
                    + "': allowed are up to 64 letters, digits, dots, dashes and underscores,"
                    + " the first a letter or digit");
        }
        return value;
    }

    private int port() throws UsageException {
        return values.containsKey(Option.PORT) ? number(Option.PORT, 1, 65535) : 0;
    }

    private @Nullable Duration waiting() throws UsageException {
        return values.containsKey(Option.WAIT) ? Duration.ofSeconds(number(Option.WAIT, 0, 3600)) : null;
    }

    private int number(Option option, int least, int most) throws UsageException {
        String value = values.get(option);
        if (!value.matches("[0-9]{1,5}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw new UsageException(
                    "%s '%s': expected a number from %d to %d".formatted(option.word, value, least, most));
        }
        return Integer.parseInt(value);
    }
}
