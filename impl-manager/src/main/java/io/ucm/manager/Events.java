// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happened, for whoever passes it on. Thread-safe. */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    /** Passes it on; called on the thread that posts, so it must not block. */
    @FunctionalInterface
    interface Sink {

        void post(String topic, Map<String, Object> properties);
    }

    private final Set<Sink> sinks = new CopyOnWriteArraySet<>();

    void add(Sink sink) {
        sinks.add(sink);
    }

    void remove(Sink sink) {
        sinks.remove(sink);
    }

    /**
     * Throws nothing.
     *
     * @param properties names and values that every bundle knows: texts, numbers
     */
    void post(String topic, Map<String, Object> properties) {
        sinks.forEach(sink -> post(sink, topic, properties));
    }

    private static void post(Sink sink, String topic, Map<String, Object> properties) {
        try {
            sink.post(topic, properties);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("an event to {} could not be passed on", topic, e);
        }
    }
}
