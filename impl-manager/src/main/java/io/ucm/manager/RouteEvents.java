// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says, as events, who takes the writes of a cluster and who is read, each time that it changes. Thread-safe. */
final class RouteEvents {

    static final String TOPIC = "io/ucm/cluster/ROUTED";

    private final Events events;

    /** What was said last, by cluster; guarded by this object. */
    private final Map<String, Map<String, Object>> said = new HashMap<>();

    RouteEvents(Events events) {
        this.events = events;
    }

    /** The cluster's calls go there now. Not said twice. */
    void routed(String cluster, Route route) {
        String primary = route.primary() == null ? "" : route.primary().id();
        String why = route.why() == null ? "" : route.why();
        List<String> readable = route.readable().stream().map(node -> node.id()).toList();
        Map<String, Object> now = Map.of("cluster", cluster, "primary", primary, "readable", readable, "why", why);
        synchronized (this) {
            if (now.equals(said.put(cluster, now))) {
                return;
            }
        }
        Map<String, Object> event = new HashMap<>(now);
        event.put("timestamp", System.currentTimeMillis());
        events.post(TOPIC, Map.copyOf(event));
    }
}
