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
import java.util.stream.Stream;
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
        watcher.byCluster().values().forEach(watch -> findings.addAll(health(watch)));
        return findings;
    }

    private static List<Finding> health(ClusterWatch watch) {
        Topology topology = watch.topology();
        return topology == null
                ? List.of()
                : Stream.concat(
                                Stream.of(primary(topology, watch.hasTwins())),
                                topology.nodes().stream().map(node -> node(topology.cluster(), node)))
                        .map(component -> new Finding(topology.cluster(), null, component))
                        .toList();
    }

    private static HealthComponent primary(Topology topology, boolean twins) {
        HealthStatus none = twins ? HealthStatus.CRITICAL : HealthStatus.TEMPORARILY_UNAVAILABLE;
        return new HealthComponent(
                "primary " + topology.cluster(),
                topology.primary() != null ? HealthStatus.OK : none,
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
