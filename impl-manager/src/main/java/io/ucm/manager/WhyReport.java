// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.NodeState;
import io.ucm.shell.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/** What is missing, and why. Prints as a table, or says that nothing is. */
record WhyReport(List<Finding> findings) {

    /**
     * One thing that is not as it should be.
     *
     * @param cluster null when it belongs to none
     * @param subject what it is about: a configuration, a manager, a node, a bundle, a component
     */
    record Finding(@Nullable String cluster, String subject, String problem) {}

    private static final Map<String, String> WITHOUT = Map.of(
            "ha", "the last known primary serves, else the configured one; no promotion is followed, no replica read",
            "cache", "every value comes from the database; what is invalidated is remembered for the next part",
            "health", "nothing is checked or measured");

    /**
     * Asks the nodes: blocks up to 2 s for one that is silent.
     *
     * @param cluster the one to look at, besides what belongs to none; empty: all
     */
    static WhyReport of(Core core, BundleContext context, String cluster) {
        List<Finding> findings = new ArrayList<>();
        core.declarations()
                .problems()
                .forEach(p -> findings.add(new Finding(null, p.origin().toString(), p.text())));
        findings.addAll(UntakenConfigurations.find(context));
        if (core.clusters().isEmpty() && core.declarations().inForce().modes().isEmpty() && findings.isEmpty()) {
            findings.add(new Finding(
                    null,
                    "configuration",
                    "there is none: a cluster takes one io.ucm.cluster~NAME, each mode one io.ucm.mode~NAME"));
        }
        slots(core, findings);
        managers(core, findings);
        nodes(core, findings);
        findings.addAll(UnresolvedBundles.find(context));
        findings.addAll(WaitingComponents.find(core, context));
        return new WhyReport(findings.stream()
                .filter(f ->
                        cluster.isEmpty() || f.cluster() == null || f.cluster().equals(cluster))
                .toList());
    }

    /** What goes on without a part, and what does not. */
    private static void slots(Core core, List<Finding> findings) {
        for (Slot<?> slot : core.slots()) {
            String without = WITHOUT.get(slot.name());
            if (without != null && slot.all().isEmpty()) {
                findings.add(new Finding(null, "slot " + slot.name(), "empty: " + without));
            }
        }
    }

    private static void managers(Core core, List<Finding> findings) {
        List<String> clusters = core.clusters();
        for (ManagerKey key : core.declarations().inForce().modes().keySet()) {
            if (!clusters.contains(key.cluster())) {
                findings.add(new Finding(
                        key.cluster(),
                        key.toString(),
                        "no io.ucm.cluster says where '%s' is; there are: %s".formatted(key.cluster(), clusters)));
            }
        }
        for (String cluster : clusters) {
            if (core.declarations().inForce().modes().keySet().stream()
                    .noneMatch(key -> key.cluster().equals(cluster))) {
                findings.add(
                        new Finding(cluster, cluster, "no io.ucm.mode is configured for it, so it has no manager"));
            }
        }
        for (Manager manager : core.managers()) {
            String why = manager.generations().why();
            if (why != null) {
                findings.add(new Finding(manager.key().cluster(), manager.key().toString(), why));
            }
            String untold = manager.resolvesOutcomes() ? manager.tokens().problem() : null;
            if (untold != null) {
                findings.add(new Finding(
                        manager.key().cluster(),
                        manager.key().toString(),
                        "what becomes of a write whose COMMIT is not answered can't be found out: " + untold));
            }
        }
    }

    private static void nodes(Core core, List<Finding> findings) {
        for (String cluster : core.clusters()) {
            String patroni = core.members().problem(cluster);
            if (patroni != null) {
                findings.add(new Finding(
                        cluster, "patroni", "could not be asked; the nodes that are known stay in force: " + patroni));
            }
            core.configured().askNodes(cluster).stream()
                    .filter(node -> node.state() != NodeState.UP)
                    .forEach(node -> findings.add(
                            new Finding(cluster, "node " + node.id(), node.state() + ": " + node.reason())));
        }
    }

    @Override
    public String toString() {
        if (findings.isEmpty()) {
            return "nothing is missing";
        }
        Table table = new Table("cluster", "what", "why");
        findings.forEach(f -> table.row(f.cluster(), f.subject(), f.problem()));
        return table.toString();
    }
}
