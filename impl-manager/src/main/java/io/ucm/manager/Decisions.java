// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The last decisions of one manager's autoscalers; each is an event too. Thread-safe. */
final class Decisions {

    static final String TOPIC = "io/ucm/pool/RESIZED";

    private static final int KEPT = 200;

    /**
     * One of them.
     *
     * @param node whose pool
     * @param to the same as before where more was wanted and nothing to be had, or where a try led to nothing
     */
    record Decision(Instant at, String node, int from, int to, String why) {}

    private final ManagerKey key;
    private final Events events;
    private final Deque<Decision> last = new ArrayDeque<>();

    Decisions(ManagerKey key, Events events) {
        this.key = key;
        this.events = events;
    }

    void add(Decision decision) {
        keep(decision);
        events.post(
                TOPIC,
                Map.of(
                        "cluster", key.cluster(),
                        "mode", key.mode(),
                        "node", decision.node(),
                        "from", decision.from(),
                        "to", decision.to(),
                        "why", decision.why(),
                        "timestamp", decision.at().toEpochMilli()));
    }

    private synchronized void keep(Decision decision) {
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast(decision);
    }

    /** Oldest first. */
    synchronized List<Decision> all() {
        return List.copyOf(last);
    }
}
