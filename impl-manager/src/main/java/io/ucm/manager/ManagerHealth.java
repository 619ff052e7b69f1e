// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.PoolStats;
import io.ucm.spi.HealthSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** How the managers' pools are, the configurations behind them, and the nodes where nobody else watches them. */
@Component
public final class ManagerHealth implements HealthSource {

    private final Core core;

    @Activate
    public ManagerHealth(@Reference(name = "core") Core core) {
        this.core = core;
    }

    @Override
    public List<Finding> health() {
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(null, null, configuration()));
        for (Manager manager : core.managers()) {
            findings.add(new Finding(manager.key().cluster(), manager.key().mode(), pool(manager)));
            if (manager.resolvesOutcomes()) {
                findings.add(new Finding(manager.key().cluster(), manager.key().mode(), outcomes(manager)));
            }
        }
        core.configured()
                .unwatched()
                .forEach((cluster, nodes) ->
                        nodes.forEach(node -> findings.add(new Finding(cluster, null, node(cluster, node)))));
        return findings;
    }

    private HealthComponent configuration() {
        List<Declared.Problem> problems = core.declarations().problems();
        return new HealthComponent(
                "configuration",
                problems.isEmpty() ? HealthStatus.OK : HealthStatus.WARN,
                problems.isEmpty()
                        ? null
                        : String.join(
                                "; ", problems.stream().map(Object::toString).toList()),
                Map.of(
                        "clusters", core.declarations().inForce().clusters().size(),
                        "modes", core.declarations().inForce().modes().size(),
                        "refused", problems.size()));
    }

    /**
     * A pool of which every connection is out is busy, and not broken; one that is being exchanged is unavailable to those who
     * wait for it.
     */
    private HealthComponent pool(Manager manager) {
        PoolStats stats = manager.pool();
        String why = manager.generations().why();
        HealthStatus status = HealthStatus.OK;
        String reason = null;
        if (manager.generations().current() == null) {
            boolean comes = core.exchanges().isUnderWay(Core.POOL, Core.DRIVER);
            status = comes && stats.pending() == 0 ? HealthStatus.WARN : HealthStatus.TEMPORARILY_UNAVAILABLE;
            reason = why;
        } else if (why != null) {
            status = HealthStatus.WARN;
            reason = why;
        } else if (stats.pending() > stats.max()) {
            status = HealthStatus.WARN;
            reason = "%d callers wait for %d connections".formatted(stats.pending(), stats.max());
        }
        return new HealthComponent(
                "pool " + manager.key(),
                status,
                reason,
                Map.of(
                        "active", stats.active(),
                        "idle", stats.idle(),
                        "pending", stats.pending(),
                        "max", stats.max()));
    }

    private static HealthComponent outcomes(Manager manager) {
        String problem = manager.tokens().problem();
        return new HealthComponent(
                "outcomes " + manager.key(),
                problem == null ? HealthStatus.OK : HealthStatus.WARN,
                problem == null
                        ? null
                        : "what becomes of a write whose COMMIT is not answered can't be found out: " + problem,
                Map.of());
    }

    private static HealthComponent node(String cluster, Node node) {
        return new HealthComponent(
                "node " + cluster + "/" + node.id(),
                node.state() == NodeState.UP ? HealthStatus.OK : HealthStatus.WARN,
                node.state() == NodeState.UP ? null : node.state() + ": " + node.reason(),
                Map.of());
    }
}
