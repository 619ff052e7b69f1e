// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Levels in place of those that logback.xml sets, which stay as they are underneath: to remove an override restores them,
 * whatever they have become meanwhile. The level nearest to a logger counts, and at one logger the override. Thread-safe.
 */
final class LevelOverrides extends TurboFilter {

    private final LoggerContext loggers;
    private final Map<String, Level> levels;
    /** The override that is nearest to a logger, if one is. */
    private final Map<String, Optional<Level>> nearest = new ConcurrentHashMap<>();

    LevelOverrides(LoggerContext loggers, Map<String, Level> levels) {
        this.loggers = loggers;
        this.levels = Map.copyOf(levels);
        setContext(loggers);
    }

    /** To be called when a level of logback.xml has changed. */
    void forget() {
        nearest.clear();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable thrown) {
        Optional<Level> limit = nearest.computeIfAbsent(logger.getName(), this::nearest);
        if (limit.isEmpty()) {
            return FilterReply.NEUTRAL;
        }
        return level.isGreaterOrEqual(limit.get()) ? FilterReply.ACCEPT : FilterReply.DENY;
    }

    private Optional<Level> nearest(String name) {
        for (String one = name; ; one = parent(one)) {
            Level override = levels.get(one);
            if (override != null) {
                return Optional.of(override);
            }
            Logger logger = loggers.exists(one);
            if (one.equals(org.slf4j.Logger.ROOT_LOGGER_NAME) || logger != null && logger.getLevel() != null) {
                return Optional.empty();
            }
        }
    }

    private static String parent(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? org.slf4j.Logger.ROOT_LOGGER_NAME : name.substring(0, dot);
    }
}
