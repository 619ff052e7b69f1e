// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.NodeAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteEventsTest {

    private static final NodeAddress ONE = new NodeAddress("n1", "db1", 5432);
    private static final NodeAddress TWO = new NodeAddress("n2", "db2", 5432);

    private final List<Map<String, Object>> posted = new ArrayList<>();
    private final Events events = new Events();
    private final RouteEvents routes = new RouteEvents(events);

    RouteEventsTest() {
        events.add((topic, properties) -> {
            assertThat(topic).isEqualTo("io/ucm/cluster/ROUTED");
            posted.add(properties);
        });
    }

    @Test
    void saysWhoTakesTheWritesAndWhyNobodyDoes() {
        routes.routed("main", new Route(ONE, null, List.of(TWO)));
        routes.routed("main", new Route(null, "n1 was lost", List.of(TWO)));

        assertThat(posted.get(0))
                .containsEntry("cluster", "main")
                .containsEntry("primary", "n1")
                .containsEntry("readable", List.of("n2"))
                .containsEntry("why", "")
                .containsKey("timestamp");
        assertThat(posted.get(1)).containsEntry("primary", "").containsEntry("why", "n1 was lost");
    }

    @Test
    void saysNothingTwice() {
        routes.routed("main", new Route(ONE, null, List.of(TWO)));
        routes.routed("main", new Route(ONE, null, List.of(TWO)));
        routes.routed("other", new Route(ONE, null, List.of(TWO)));

        assertThat(posted).hasSize(2);
    }
}
