// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * The levels of the loggers: what a command says, else what the configuration says, else what logback.xml says, which may
 * be loaded anew at any time. Thread-safe.
 */
@Component(service = LogLevels.class, immediate = true, configurationPid = LogLevels.PID)
@Designate(ocd = LoggingConfig.class)
public final class LogLevels implements LoggerContextListener {

    static final String PID = "io.ucm.logging";

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevels.class);

    private final LoggerContext loggers;

    /** Guarded by this, as all below. */
    private final Map<String, Level> byCommand = new HashMap<>();

    private Map<String, Level> byConfiguration = Map.of();
    private LevelOverrides overrides;

    @Activate
    public LogLevels(LoggingConfig config) {
        loggers = logback(LoggerFactory.getILoggerFactory());
        overrides = new LevelOverrides(loggers, Map.of());
        loggers.addListener(this);
        configure(config);
    }

    private static LoggerContext logback(ILoggerFactory factory) {
        if (factory instanceof LoggerContext context) {
            return context;
        }
        throw new IllegalStateException("levels can be changed with Logback only, but SLF4J uses "
                + factory.getClass().getName());
    }

    @Modified
    void configure(LoggingConfig config) {
        LevelSettings settings = LevelSettings.parse(config.levels());
        settings.problems().forEach(problem -> LOG.warn("{}: {}", PID, problem));
        synchronized (this) {
            byConfiguration = settings.levels();
            apply();
        }
    }

    @Deactivate
    synchronized void deactivate() {
        loggers.removeListener(this);
        loggers.getTurboFilterList().remove(overrides);
    }

    /** Replaces what was said about a logger, from now on. */
    synchronized void set(String logger, Level level) {
        byCommand.put(logger, level);
        apply();
    }

    /** Leaves a logger to the configuration and logback.xml again. */
    synchronized void unset(String logger) {
        byCommand.remove(logger);
        apply();
    }

    private void apply() {
        Map<String, Level> levels = new HashMap<>(byConfiguration);
        levels.putAll(byCommand);
        LevelOverrides before = overrides;
        overrides = new LevelOverrides(loggers, levels);
        if (!levels.isEmpty()) {
            loggers.addTurboFilter(overrides);
        }
        loggers.getTurboFilterList().remove(before);
    }

    /** Every logger that has a level of its own, with who said so. */
    synchronized List<LogReport.LoggerLevel> levels() {
        Map<String, LogReport.LoggerLevel> all = new TreeMap<>();
        for (Logger logger : loggers.getLoggerList()) {
            if (logger.getLevel() != null) {
                add(all, logger.getName(), logger.getLevel(), "logback.xml");
            }
        }
        byConfiguration.forEach((name, level) -> add(all, name, level, "configuration"));
        byCommand.forEach((name, level) -> add(all, name, level, "command"));
        return List.copyOf(all.values());
    }

    private static void add(Map<String, LogReport.LoggerLevel> all, String name, Level level, String from) {
        all.put(name, new LogReport.LoggerLevel(name, level.toString(), from));
    }

    /** The files that are written to. */
    List<String> files() {
        Set<String> files = new LinkedHashSet<>();
        for (Logger logger : loggers.getLoggerList()) {
            for (Iterator<Appender<ILoggingEvent>> all = logger.iteratorForAppenders(); all.hasNext(); ) {
                if (all.next() instanceof FileAppender<?> file) {
                    files.add(file.getFile());
                }
            }
        }
        return new ArrayList<>(files);
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onStart(LoggerContext context) {}

    /** A changed logback.xml takes every such filter away before it is loaded. */
    @Override
    public synchronized void onReset(LoggerContext context) {
        apply();
    }

    @Override
    public void onStop(LoggerContext context) {}

    @Override
    public synchronized void onLevelChange(Logger logger, Level level) {
        overrides.forget();
    }
}
