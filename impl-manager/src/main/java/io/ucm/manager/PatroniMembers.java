// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of the clusters that Patroni names them of, as it last did; what it said stays in force while it does not answer.
 * Thread-safe: all is guarded by its monitor, under which nothing blocks.
 */
final class PatroniMembers {

    /** @param primary who led when the cluster was first seen, or when the one before had left */
    private record Known(List<NodeAddress> nodes, NodeAddress primary) {}

    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, String> problems = new HashMap<>();

    /** The settings with the nodes that Patroni named; as they are before it has, or where it is not asked. */
    synchronized ClusterSettings completed(ClusterSettings settings) {
        Known named = known.get(settings.name());
        return named == null || settings.patroni().isEmpty() ? settings : settings.with(named.nodes(), named.primary());
    }

    /**
     * Takes an answer. A node that is not a member any more goes, unless it takes the writes now: Patroni forgets a member
     * whose agent is away for a while, and its PostgreSQL can work on. While nobody takes them nobody goes: it would be the
     * node that was just lost, at the very moment when another one is promoted, and all would be asked anew.
     *
     * @param serving who takes the writes
     * @return whether the nodes are others than before
     */
    synchronized boolean learn(String cluster, PatroniAnswer answer, @Nullable NodeAddress serving) {
        problems.remove(cluster);
        Known before = known.get(cluster);
        Map<String, NodeAddress> nodes = new TreeMap<>();
        if (before != null) {
            before.nodes().stream()
                    .filter(node -> serving == null || node.equals(serving))
                    .forEach(node -> nodes.put(node.id(), node));
        }
        answer.members().forEach(node -> nodes.put(node.id(), node));
        List<NodeAddress> now = List.copyOf(nodes.values());
        Known after = new Known(now, primary(before, now, answer));
        known.put(cluster, after);
        return !after.equals(before);
    }

    /** Another one only where it must be: whoever asks the nodes finds out by themselves who leads. */
    private static NodeAddress primary(@Nullable Known before, List<NodeAddress> nodes, PatroniAnswer answer) {
        if (before != null && nodes.contains(before.primary())) {
            return before.primary();
        }
        return answer.leader() == null ? answer.members().get(0) : answer.leader();
    }

    /**
     * It did not answer.
     *
     * @return whether that is news
     */
    synchronized boolean failed(String cluster, String why) {
        return !why.equals(problems.put(cluster, why));
    }

    /** Why the nodes could not be asked for the last time; null if they could. */
    synchronized @Nullable String problem(String cluster) {
        return problems.get(cluster);
    }

    /** Why a cluster has no nodes. */
    synchronized String whyNone(String cluster) {
        String problem = problems.get(cluster);
        return "the nodes of cluster '%s' are not known: Patroni %s"
                .formatted(cluster, problem == null ? "is being asked" : "has not named them: " + problem);
    }

    /** Forgets the others. */
    synchronized void retain(Set<String> clusters) {
        known.keySet().retainAll(clusters);
        problems.keySet().retainAll(clusters);
    }
}
