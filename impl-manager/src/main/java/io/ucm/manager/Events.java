// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/** What happened, for whoever passes it on. Thread-safe. */
final class Events {

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

    /** @param properties names and values that every bundle knows: texts, numbers */
    void post(String topic, Map<String, Object> properties) {
        sinks.forEach(sink -> sink.post(topic, properties));
    }
}
