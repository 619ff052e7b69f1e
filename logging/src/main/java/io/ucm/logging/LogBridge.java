// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.logging;

import java.lang.reflect.InvocationTargetException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Logs the entries of the OSGi log service through SLF4J, those from before its start included. Of the framework's events
 * only warnings and errors count. The cause's message joins the entry's, for outputs that leave stack traces out.
 */
@Component(
        service = {},
        immediate = true)
public final class LogBridge implements LogListener {

    private static final String EVENTS = "Events.";

    private final LogReaderService reader;
    private final Unresolved unresolved;

    @Activate
    public LogBridge(@Reference(name = "reader") LogReaderService reader, BundleContext context) {
        this.reader = reader;
        this.unresolved = new Unresolved(context);
        List<LogEntry> before = Collections.list(reader.getLog());
        Collections.reverse(before);
        before.forEach(this::logged);
        reader.addLogListener(this);
    }

    @Deactivate
    void deactivate() {
        reader.removeLogListener(this);
    }

    @Override
    public void logged(LogEntry entry) {
        Level level = level(entry.getLogLevel());
        String name = entry.getLoggerName();
        if (name.startsWith(EVENTS) && level.toInt() < Level.WARN.toInt()) {
            return;
        }
        Throwable failure = entry.getException();
        Optional<Unresolved.Reason> reason = failure == null ? Optional.empty() : unresolved.describe(failure);
        if (reason.isPresent()) {
            logger(entry)
                    .atLevel(reason.get().isNews() ? level : Level.DEBUG)
                    .log(entry.getMessage() + ": " + reason.get().text());
        } else {
            logger(entry)
                    .atLevel(level)
                    .setCause(failure)
                    .log(entry.getMessage() + (failure == null ? "" : reason(failure)));
        }
    }

    private static Logger logger(LogEntry entry) {
        String name = entry.getLoggerName();
        return LoggerFactory.getLogger(name.equals("ROOT") ? entry.getBundle().getSymbolicName() : name);
    }

    /** The first message of the cause and its causes that says something. */
    private static String reason(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && !message.startsWith(InvocationTargetException.class.getName())) {
                return ": " + message;
            }
        }
        return "";
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case AUDIT, INFO -> Level.INFO;
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
