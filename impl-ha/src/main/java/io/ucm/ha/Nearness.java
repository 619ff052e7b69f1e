// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Distance;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far away the replicas are. Far are those whose answers take more than twice as long as the nearest one's, and 2 ms more;
 * one that is far stays so until it takes less than 1.5 times as long, and 1 ms more. One that is too far stays so until it takes
 * three quarters of the limit.
 */
final class Nearness {

    private static final Duration FAR = Duration.ofMillis(2);
    private static final Duration NEAR = Duration.ofMillis(1);

    private Nearness() {}

    /**
     * Of these replicas, by id.
     *
     * @param replicas those that are readable
     * @param before what this said before
     * @param most how long answers may take
     */
    static Map<String, Distance> of(List<Seen> replicas, Map<String, Distance> before, Duration most) {
        Duration nearest = replicas.stream()
                .map(Seen::latency)
                .filter(Objects::nonNull)
                .min(Duration::compareTo)
                .orElse(null);
        Map<String, Distance> distances = new HashMap<>();
        for (Seen node : replicas) {
            Distance last = before.getOrDefault(node.id(), Distance.NEAR);
            Duration bound = last == Distance.TOO_FAR ? most.multipliedBy(3).dividedBy(4) : most;
            distances.put(node.id(), distance(node.latency(), nearest, last == Distance.NEAR, bound));
        }
        return distances;
    }

    private static Distance distance(
            @Nullable Duration latency, @Nullable Duration nearest, boolean wasNear, Duration most) {
        if (latency == null || nearest == null) {
            return Distance.NEAR;
        }
        if (latency.compareTo(most) > 0) {
            return Distance.TOO_FAR;
        }
        Duration limit = wasNear
                ? nearest.multipliedBy(2).plus(FAR)
                : nearest.multipliedBy(3).dividedBy(2).plus(NEAR);
        return latency.compareTo(limit) > 0 ? Distance.FAR : Distance.NEAR;
    }
}
