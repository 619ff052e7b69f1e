// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is what in one cluster at one moment. Immutable.
 *
 * @param nodes in the order of the configuration
 * @param epoch whose history counts; null before a primary has told it
 * @param primary the id of the node that takes writes; null while there is none
 * @param lossy whether something that was committed and read on the primary before may be missing in this history
 * @param promotion whether the watcher itself would make another node the primary
 * @param why why there is no primary; null when there is one
 */
public record Topology(
        String cluster,
        Instant at,
        List<NodeStatus> nodes,
        @Nullable Epoch epoch,
        @Nullable String primary,
        boolean lossy,
        Promotion promotion,
        @Nullable String why) {

    public Topology {
        nodes = List.copyOf(nodes);
    }

    public Optional<NodeStatus> node(String id) {
        return nodes.stream().filter(node -> node.node().id().equals(id)).findFirst();
    }
}
