// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is wrong with a command's arguments. The shell itself only says that it could not coerce them to the types of a
 * method, or calls a method of that name that every object has.
 */
final class WrongArguments {

    private static final Pattern REFUSED = Pattern.compile("Cannot coerce (\\w+)\\(.*", Pattern.DOTALL);
    private static final Pattern WORD = Pattern.compile("'[^']*'|\"[^\"]*\"|[^\\s|;]+|[|;]");
    private static final String PARAMETER = "org.apache.felix.service.command.Parameter";

    private WrongArguments() {}

    /** Nothing if that is not why the command failed. */
    static Optional<String> of(String command, Exception failure, ShellSession shell) {
        return refused(failure).flatMap(function -> {
            List<String> words = words(command, function);
            return words.isEmpty() ? Optional.empty() : Optional.of(describe(words, methods(words.get(0), shell)));
        });
    }

    /** The name of the function that did not take its arguments. */
    private static Optional<String> refused(Exception failure) {
        if (failure instanceof IllegalMonitorStateException) {
            StackTraceElement[] trace = failure.getStackTrace();
            return trace.length > 0 && trace[0].getClassName().equals(Object.class.getName())
                    ? Optional.of(trace[0].getMethodName().replaceAll("\\d+$", ""))
                    : Optional.empty();
        }
        Matcher matcher = REFUSED.matcher(String.valueOf(failure.getMessage()));
        return failure instanceof IllegalArgumentException && matcher.matches()
                ? Optional.of(matcher.group(1))
                : Optional.empty();
    }

    /** The command of that function, and the words behind it, out of a line that may hold several. */
    private static List<String> words(String line, String function) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(line);
        while (matcher.find()) {
            String word = matcher.group();
            if (word.equals("|") || word.equals(";")) {
                if (!words.isEmpty()) {
                    return words;
                }
            } else if (!words.isEmpty() || isCall(word, function)) {
                words.add(word);
            }
        }
        return words;
    }

    private static boolean isCall(String word, String function) {
        String name = word.substring(word.indexOf(':') + 1).toLowerCase(Locale.ROOT);
        return name.equals(function.toLowerCase(Locale.ROOT));
    }

    private static String describe(List<String> words, List<Method> methods) {
        String command = words.get(0);
        List<Option> options =
                methods.stream().flatMap(WrongArguments::options).distinct().toList();
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            Optional<Option> option = options.stream()
                    .filter(known -> known.names().contains(word))
                    .findFirst();
            if (option.isEmpty() && word.matches("--?[A-Za-z].*")) {
                return "unknown option '" + word + "'; see help " + command;
            }
            if (option.isPresent() && option.get().takesValue() && ++i == words.size()) {
                return "option '" + word + "' needs a value; see help " + command;
            }
        }
        for (Option option : options) {
            if (option.isNeeded() && words.stream().noneMatch(option.names()::contains)) {
                return "option '" + option.longName() + "' is missing; see help " + command;
            }
        }
        return "wrong arguments; see help " + command;
    }

    /** An option of a command. */
    private record Option(List<String> names, boolean takesValue, boolean isNeeded) {

        String longName() {
            return names.get(names.size() - 1);
        }
    }

    private static Stream<Option> options(Method method) {
        return Arrays.stream(method.getParameters())
                .map(Parameter::getAnnotations)
                .flatMap(Arrays::stream)
                .filter(annotation -> annotation.annotationType().getName().equals(PARAMETER))
                .map(WrongArguments::option);
    }

    private static Option option(Annotation parameter) {
        try {
            Class<?> type = parameter.annotationType();
            Object unspecified = type.getField("UNSPECIFIED").get(null);
            boolean takesValue =
                    unspecified.equals(type.getMethod("presentValue").invoke(parameter));
            boolean hasDefault =
                    !unspecified.equals(type.getMethod("absentValue").invoke(parameter));
            return new Option(List.of((String[]) type.getMethod("names").invoke(parameter)), takesValue, !hasDefault);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** With the scope that the shell would find it in. */
    private static String scoped(String command, ShellSession shell) throws Exception {
        if (command.indexOf(':') < 0 && shell.get(".commands") instanceof Collection<?> all) {
            return all.stream()
                    .map(String::valueOf)
                    .filter(one -> one.endsWith(":" + command))
                    .findFirst()
                    .orElse(command);
        }
        return command;
    }

    /** Those of the object behind the command; none if the shell does not say which it is. */
    private static List<Method> methods(String command, ShellSession shell) {
        try {
            Object function = shell.get(scoped(command, shell));
            if (function == null) {
                return List.of();
            }
            Method target = function.getClass().getMethod("getTarget");
            target.setAccessible(true);
            Object object = target.invoke(function);
            String name = command.substring(command.indexOf(':') + 1);
            return Stream.of(object.getClass().getMethods())
                    .filter(method -> method.getName().equalsIgnoreCase(name))
                    .toList();
        } catch (Exception e) {
            return List.of();
        }
    }
}
