// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How Redis is, for each cluster. Away is no more than a warning: the database serves. Where there is none, nothing. */
final class RedisHealth {

    private RedisHealth() {}

    static List<Finding> of(List<ClusterCache> clusters) {
        return clusters.stream()
                .filter(cluster -> cluster.remote().state().kind() != RemoteState.Kind.NOT_CONFIGURED)
                .map(cluster -> new Finding(cluster.name(), null, component(cluster)))
                .toList();
    }

    private static HealthComponent component(ClusterCache cluster) {
        RemoteState state = cluster.remote().state();
        long away =
                state.up() ? 0 : Duration.between(state.since(), Instant.now()).toMillis();
        return new HealthComponent(
                "redis",
                state.up() ? HealthStatus.OK : HealthStatus.WARN,
                state.up() ? null : "away: %s; the process and the database serve".formatted(state.reason()),
                Map.of(
                        "entries", cluster.near().size(),
                        "pendingInvalidations", cluster.remote().missed(),
                        "awayMs", away));
    }
}
