// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.Distance;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Watches nothing: says what the test says. */
final class FakeWatcher implements TopologyWatcher, TopologyWatch {

    final List<String> failed = new CopyOnWriteArrayList<>();
    Consumer<Topology> listener = topology -> {};
    List<NodeAddress> watched = List.of();
    boolean closed;
    Set<String> silent = Set.of();
    Set<String> refusing = Set.of();
    Set<String> claiming = Set.of();
    Map<String, Integer> timelines = Map.of();
    Set<String> far = Set.of();
    Set<String> tooFar = Set.of();
    int timeline = 1;
    boolean lossy;

    @Override
    public TopologyWatch watch(WatchedCluster cluster, Consumer<Topology> told) {
        listener = told;
        watched = cluster.nodes();
        return this;
    }

    @Override
    public void failed(String node, SQLException failure) {
        failed.add(node);
    }

    @Override
    public void close() {
        closed = true;
    }

    void topology(@Nullable String primary, String... readable) {
        report(NodeState.UP, primary, readable);
    }

    void report(NodeState state, @Nullable String primary, String... readable) {
        List<NodeStatus> nodes = new ArrayList<>();
        for (NodeAddress address : watched) {
            String id = address.id();
            nodes.add(new NodeStatus(
                    new Node(
                            id,
                            address.host(),
                            address.port(),
                            role(id, state, primary),
                            state(id, state),
                            Instant.now(),
                            null),
                    Set.of(readable).contains(id),
                    far.contains(id) ? Distance.FAR : tooFar.contains(id) ? Distance.TOO_FAR : Distance.NEAR,
                    silent.contains(id),
                    timelines.getOrDefault(id, 1),
                    "0/1",
                    0L,
                    0L,
                    1.0,
                    BreakerState.CLOSED));
        }
        listener.accept(new Topology(
                "main",
                Instant.now(),
                nodes,
                new Epoch("1", timeline, Map.of()),
                primary,
                lossy,
                Promotion.OF_OTHERS,
                primary == null ? "lost" : null));
    }

    /** A node tells it with its first answer. */
    private Role role(String id, NodeState others, @Nullable String primary) {
        if (state(id, others) != NodeState.UP) {
            return Role.UNKNOWN;
        }
        return id.equals(primary) || claiming.contains(id) ? Role.PRIMARY : Role.REPLICA;
    }

    private NodeState state(String id, NodeState others) {
        return silent.contains(id) || refusing.contains(id) ? NodeState.DOWN : others;
    }
}
