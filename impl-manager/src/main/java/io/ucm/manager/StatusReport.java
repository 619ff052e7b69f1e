// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.shell.Table;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The whole at a glance. Prints as three tables. */
record StatusReport(List<ClusterReport> clusters, Map<String, SlotReport> slots) {

    record ClusterReport(String name, List<NodeReport> nodes, List<ManagerReport> managers) {}

    record NodeReport(
            String id,
            String address,
            String role,
            String state,
            @Nullable String reason) {

        static NodeReport of(Node node) {
            return new NodeReport(
                    node.id(),
                    node.host() + ":" + node.port(),
                    node.role().name(),
                    node.state().name(),
                    node.reason());
        }
    }

    record ManagerReport(
            String mode,
            PoolStats pool,
            boolean serves,
            @Nullable String why) {

        static ManagerReport of(Manager manager) {
            return new ManagerReport(
                    manager.key().mode(),
                    manager.pool(),
                    manager.generations().current() != null,
                    manager.generations().why());
        }
    }

    /** Asks the nodes: blocks up to 2 s for one that is silent. */
    static StatusReport of(Core core) {
        List<ClusterReport> clusters = core.clusters().stream()
                .map(name -> new ClusterReport(
                        name,
                        core.configured().askNodes(name).stream()
                                .map(NodeReport::of)
                                .toList(),
                        core.managers().stream()
                                .filter(manager -> manager.key().cluster().equals(name))
                                .map(ManagerReport::of)
                                .toList()))
                .toList();
        return new StatusReport(clusters, SlotsReport.of(core).slots());
    }

    @Override
    public String toString() {
        Table nodes = new Table("cluster", "node", "address", "role", "state", "reason");
        Table managers = new Table("cluster", "mode", "active", "idle", "pending", "max", "state");
        for (ClusterReport cluster : clusters) {
            cluster.nodes()
                    .forEach(n -> nodes.row(cluster.name(), n.id(), n.address(), n.role(), n.state(), n.reason()));
            cluster.managers()
                    .forEach(m -> managers.row(
                            cluster.name(),
                            m.mode(),
                            m.pool().active(),
                            m.pool().idle(),
                            m.pool().pending(),
                            m.pool().max(),
                            m.why() == null ? "serves" : m.why()));
        }
        return nodes + "\n\n" + managers + "\n\n" + new SlotsReport(slots);
    }
}
