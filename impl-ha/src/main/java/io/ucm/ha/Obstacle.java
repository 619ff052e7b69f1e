// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why it is too early, or not allowed, to replace a primary that was seen to be replaceable, as the watch sees it. What it
 * lets through is looked at again under the locks.
 */
final class Obstacle {

    private Obstacle() {}

    /** Null when there is none. */
    static @Nullable String find(List<Seen> nodes, Evidence evidence, Remembered known) {
        Seen promoted = promoted(nodes, evidence.primary(), known);
        for (Seen node : nodes) {
            String why = node.id().equals(evidence.primary())
                    ? promoted == null ? primary(node) : null
                    : replica(node, nodes, evidence.primary());
            if (why != null) {
                return why;
            }
        }
        return promoted != null && isFollowed(promoted, nodes, evidence.primary())
                ? promoted.address() + ": is promoted, and waits for a standby"
                : null;
    }

    /** The one that has taken the place of the lost primary already; null when none has. */
    static @Nullable Seen promoted(List<Seen> nodes, String primary, Remembered known) {
        return nodes.stream()
                .filter(node -> !node.id().equals(primary))
                .filter(node -> node.up() && isLater(node, known))
                .findFirst()
                .orElse(null);
    }

    /** Whether it is reached, and takes the writes of the known history. */
    static boolean isLive(Seen node, @Nullable Remembered known) {
        return node.up()
                && node.claimsPrimary()
                && (known == null || node.identity() == null || node.identity().timeline() >= known.timeline());
    }

    private static boolean isLater(Seen node, Remembered known) {
        return node.claimsPrimary()
                && node.identity() != null
                && node.identity().timeline() > known.timeline()
                && known.isPartOf(node.identity().history());
    }

    private static @Nullable String primary(Seen node) {
        if (node.state() == NodeState.DOWN) {
            return null;
        }
        return node.up()
                ? "%s: can be reached, and is %s"
                        .formatted(node.address(), node.claimsPrimary() ? "a primary" : "a replica")
                : node.address() + ": is being looked at";
    }

    private static @Nullable String replica(Seen node, List<Seen> nodes, String primary) {
        if (!node.up() || node.facts() == null) {
            return node.reason() + "; it alone may have confirmed commits that the others do not have";
        }
        Receiver receiver = node.facts().receiver();
        boolean fromReplica = receiver != null
                && nodes.stream().map(Seen::id).anyMatch(id -> id.equals(receiver.node()) && !id.equals(primary));
        return receiver == null || fromReplica || node.claimsPrimary()
                ? null
                : "%s: still receives from %s".formatted(node.address(), receiver.sender());
    }

    private static boolean isFollowed(Seen promoted, List<Seen> nodes, String primary) {
        return nodes.stream()
                .filter(node -> node != promoted && !node.id().equals(primary))
                .allMatch(node -> node.facts().receiver() != null
                        && promoted.id().equals(node.facts().receiver().node()));
    }
}
