// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import ch.qos.logback.classic.Level;
import io.ucm.shell.Json;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell command about logging. */
@Component(
        service = LogCommands.class,
        property = {"osgi.command.scope=ucm", "osgi.command.function=log"})
public final class LogCommands {

    private static final String DEFAULT = "DEFAULT";

    private final LogLevels levels;

    @Activate
    public LogCommands(@Reference(name = "levels") LogLevels levels) {
        this.levels = levels;
    }

    @Descriptor("the loggers that have a level of their own, and the log file")
    public Object log(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json) {
        return printed(json);
    }

    @Descriptor("sets a logger's level until the end of the container")
    public Object log(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the logger, such as io.ucm; ROOT is the logger of all") String logger,
            @Descriptor("TRACE, DEBUG, INFO, WARN, ERROR, OFF, or DEFAULT to leave it to the configuration again")
                    String level) {
        if (DEFAULT.equalsIgnoreCase(level)) {
            levels.unset(logger);
        } else {
            Optional<Level> known = LevelSettings.level(level);
            levels.set(
                    logger,
                    known.orElseThrow(() -> new IllegalArgumentException("unknown level '" + level + "'; allowed are "
                            + LevelSettings.allowed() + " and " + DEFAULT)));
        }
        return printed(json);
    }

    private Object printed(boolean json) {
        LogReport report = new LogReport(levels.levels(), levels.files());
        return json ? Json.line(report) : report;
    }
}
