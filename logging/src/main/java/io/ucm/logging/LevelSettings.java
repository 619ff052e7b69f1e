// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import ch.qos.logback.classic.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Levels by the loggers' names, and what could not be understood. */
record LevelSettings(Map<String, Level> levels, List<String> problems) {

    private static final List<Level> ALLOWED =
            List.of(Level.TRACE, Level.DEBUG, Level.INFO, Level.WARN, Level.ERROR, Level.OFF);

    LevelSettings {
        levels = Map.copyOf(levels);
        problems = List.copyOf(problems);
    }

    /** What is wrong is left out; the rest counts. */
    static LevelSettings parse(String[] settings) {
        Map<String, Level> levels = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        for (String setting : settings) {
            int equals = setting.lastIndexOf('=');
            String logger = equals < 0 ? "" : setting.substring(0, equals).strip();
            Optional<Level> level = level(setting.substring(equals + 1).strip());
            if (logger.isEmpty()) {
                problems.add("levels '" + setting + "': expected LOGGER=LEVEL; it is left out");
            } else if (level.isEmpty()) {
                problems.add("levels '" + setting + "': unknown level; allowed are " + allowed() + "; it is left out");
            } else {
                levels.put(logger, level.get());
            }
        }
        return new LevelSettings(levels, problems);
    }

    /** Upper or lower case. */
    static Optional<Level> level(String name) {
        return ALLOWED.stream()
                .filter(level -> level.toString().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    static String allowed() {
        return String.join(", ", ALLOWED.stream().map(Level::toString).toList());
    }
}
