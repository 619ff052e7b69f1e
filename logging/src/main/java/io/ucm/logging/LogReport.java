// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import io.ucm.shell.Table;
import java.util.List;

/** The loggers that have a level of their own, and the files that they write to. */
record LogReport(List<LoggerLevel> levels, List<String> files) {

    /** One logger; {@code from} is {@code logback.xml}, {@code configuration} or {@code command}. */
    record LoggerLevel(String logger, String level, String from) {}

    @Override
    public String toString() {
        Table table = new Table("logger", "level", "from");
        levels.forEach(level -> table.row(level.logger(), level.level(), level.from()));
        return table + "\nfile: " + (files.isEmpty() ? "none" : String.join(", ", files));
    }
}
