// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.Node;
import io.ucm.shell.Table;
import io.ucm.spi.Distance;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is what in one cluster. Prints as a table, with a line on top that says who the primary is, or why there is none.
 *
 * @param why why there is no primary; null when there is one
 */
record TopologyReport(
        String cluster,
        List<NodeReport> nodes,
        EpochReport epoch,
        Promotion promote,
        @Nullable String why) {

    /**
     * @param distance of a replica that is readable: NEAR, FAR or TOO_FAR
     * @param reason why it is not up, or may not be read; null when it may
     */
    record NodeReport(
            String id,
            String role,
            String state,
            @Nullable Integer timeline,
            @Nullable String lsn,
            @Nullable Long lagBytes,
            @Nullable Long lagMs,
            @Nullable Double latencyMs,
            String breaker,
            boolean readable,
            String distance,
            @Nullable String reason) {

        private String read() {
            return !readable
                    ? "no"
                    : switch (Distance.valueOf(distance)) {
                        case NEAR -> "yes";
                        case FAR -> "far";
                        case TOO_FAR -> "too far";
                    };
        }

        static NodeReport of(NodeStatus status) {
            Node node = status.node();
            return new NodeReport(
                    node.id(),
                    node.role().name(),
                    node.state().name(),
                    status.timeline(),
                    status.lsn(),
                    status.lagBytes(),
                    status.lagMs(),
                    status.latencyMs(),
                    status.breaker().name(),
                    status.readable(),
                    status.distance().name(),
                    node.reason());
        }
    }

    /** What is null was not told yet, or there is no primary. */
    record EpochReport(
            @Nullable String systemId,
            @Nullable Integer timeline,
            @Nullable String primary) {

        static EpochReport of(Topology topology) {
            return topology.epoch() == null
                    ? new EpochReport(null, null, topology.primary())
                    : new EpochReport(
                            topology.epoch().systemId(), topology.epoch().timeline(), topology.primary());
        }
    }

    static TopologyReport of(Topology topology) {
        return new TopologyReport(
                topology.cluster(),
                topology.nodes().stream().map(NodeReport::of).toList(),
                EpochReport.of(topology),
                topology.promotion(),
                topology.why());
    }

    @Override
    public String toString() {
        Table table = new Table(
                "node",
                "role",
                "state",
                "timeline",
                "lsn",
                "lag bytes",
                "lag ms",
                "latency ms",
                "breaker",
                "readable",
                "reason");
        nodes.forEach(n -> table.row(
                n.id(),
                n.role(),
                n.state(),
                n.timeline(),
                n.lsn(),
                n.lagBytes(),
                n.lagMs(),
                n.latencyMs(),
                n.breaker(),
                n.read(),
                n.reason()));
        String first = epoch.primary() == null
                ? "cluster " + cluster + ": no primary: " + why
                : "cluster %s: primary %s, timeline %d, system %s"
                        .formatted(cluster, epoch.primary(), epoch.timeline(), epoch.systemId());
        String then = promote.armed() ? "promotes another node if it is lost" : "promotes nobody: " + promote.why();
        return first + "\n" + then + "\n\n" + table;
    }
}
