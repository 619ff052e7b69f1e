// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which replicas are read only where the nearer ones are full: those whose answers take more than twice as long as the
 * nearest one's, and 2 ms more. One that is far stays so until it takes less than 1.5 times as long, and 1 ms more.
 */
final class Nearness {

    private static final Duration FAR = Duration.ofMillis(2);
    private static final Duration NEAR = Duration.ofMillis(1);

    private Nearness() {}

    /**
     * The ids of the far ones.
     *
     * @param replicas those that may be read
     * @param before which ones were far
     */
    static Set<String> far(List<Seen> replicas, Set<String> before) {
        Duration nearest = replicas.stream()
                .map(Seen::latency)
                .filter(Objects::nonNull)
                .min(Duration::compareTo)
                .orElse(null);
        return replicas.stream()
                .filter(node -> isFar(node.latency(), nearest, before.contains(node.id())))
                .map(Seen::id)
                .collect(Collectors.toSet());
    }

    private static boolean isFar(@Nullable Duration latency, @Nullable Duration nearest, boolean wasFar) {
        if (latency == null || nearest == null) {
            return false;
        }
        Duration limit = wasFar
                ? nearest.multipliedBy(3).dividedBy(2).plus(NEAR)
                : nearest.multipliedBy(2).plus(FAR);
        return latency.compareTo(limit) > 0;
    }
}
