// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.spi.HealthSource;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Says of each watched cluster whether it has a primary, and of each node whether it may be used. */
@Component
public final class HaHealth implements HealthSource {

    private final ProbingTopologyWatcher watcher;

    @Activate
    public HaHealth(@Reference(name = "watcher") ProbingTopologyWatcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public List<Finding> health() {
        List<Finding> findings = new ArrayList<>();
        String refused = watcher.refused();
        if (refused != null) {
            findings.add(new Finding(
                    null, null, new HealthComponent("configuration io.ucm.ha", HealthStatus.WARN, refused, Map.of())));
        }
        watcher.byCluster().values().stream()
                .map(ClusterWatch::topology)
                .filter(Objects::nonNull)
                .forEach(topology -> {
                    findings.add(new Finding(topology.cluster(), null, primary(topology)));
                    topology.nodes()
                            .forEach(node -> findings.add(
                                    new Finding(topology.cluster(), null, node(topology.cluster(), node))));
                });
        return findings;
    }

    private static HealthComponent primary(Topology topology) {
        boolean there = topology.primary() != null;
        return new HealthComponent(
                "primary " + topology.cluster(),
                there ? HealthStatus.OK : HealthStatus.TEMPORARILY_UNAVAILABLE,
                topology.why(),
                topology.epoch() == null
                        ? Map.of()
                        : Map.of("timeline", topology.epoch().timeline()));
    }

    private static HealthComponent node(String cluster, NodeStatus status) {
        Map<String, Number> figures = new LinkedHashMap<>();
        put(figures, "lagBytes", status.lagBytes());
        put(figures, "lagMs", status.lagMs());
        put(figures, "timeline", status.timeline());
        return new HealthComponent(
                "node " + cluster + "/" + status.node().id(),
                status.readable() ? HealthStatus.OK : HealthStatus.WARN,
                status.readable() ? null : status.node().reason(),
                figures);
    }

    private static void put(Map<String, Number> figures, String name, @Nullable Number value) {
        if (value != null) {
            figures.put(name, value);
        }
    }
}
