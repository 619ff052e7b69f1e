// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.spi.Topology;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A listener that keeps what it gets. */
final class Snapshots implements Consumer<Topology> {

    private final List<Topology> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean overlapped;

    @Override
    public void accept(Topology topology) {
        if (inside.incrementAndGet() > 1) {
            overlapped = true;
        }
        all.add(topology);
        inside.decrementAndGet();
    }

    List<Topology> all() {
        return all;
    }

    Topology last() {
        return all.get(all.size() - 1);
    }

    /** The id of the primary now; null while there is none, or nothing was published. */
    String primary() {
        return all.isEmpty() ? null : last().primary();
    }

    boolean overlapped() {
        return overlapped;
    }

    /** The states that a node had, each once as long as it lasted. */
    List<NodeState> states(String node) {
        NodeState[] before = new NodeState[1];
        return all.stream()
                .map(topology -> topology.node(node).orElseThrow().node().state())
                .filter(state -> {
                    boolean changed = state != before[0];
                    before[0] = state;
                    return changed;
                })
                .toList();
    }
}
