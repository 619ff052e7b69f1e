// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DecisionsTest {

    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");

    private final Events events = new Events();
    private final List<String> posted = new ArrayList<>();
    private final Decisions decisions = new Decisions(new ManagerKey("main", "ADMIN"), events);

    @Test
    void eachIsAnEvent() {
        events.add((topic, properties) -> {
            posted.add(topic);
            assertThat(properties)
                    .isEqualTo(Map.of(
                            "cluster", "main",
                            "mode", "ADMIN",
                            "node", "n1",
                            "from", 5,
                            "to", 15,
                            "why", "10 wait",
                            "timestamp", NOON.toEpochMilli()));
        });

        decisions.add(new Decisions.Decision(NOON, "n1", 5, 15, "10 wait"));

        assertThat(posted).containsExactly("io/ucm/pool/RESIZED");
    }

    @Test
    void theLatestAreKept() {
        for (int size = 1; size <= 300; size++) {
            decisions.add(new Decisions.Decision(NOON, "n1", size, size + 1, "more"));
        }

        assertThat(decisions.all()).hasSize(200);
        assertThat(decisions.all().get(199).to()).isEqualTo(301);
    }
}
