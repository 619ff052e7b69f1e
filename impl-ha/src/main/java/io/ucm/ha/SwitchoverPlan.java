// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Who becomes what in a switchover. Immutable; there is one only where the topology allows it.
 *
 * @param others the replicas that stay replicas
 */
record SwitchoverPlan(NodeAddress from, NodeAddress to, List<NodeAddress> others) {

    private static final String MISSING = """
            SELECT concat_ws(', ',
                CASE WHEN NOT has_parameter_privilege('default_transaction_read_only', 'ALTER SYSTEM')
                     THEN 'ALTER SYSTEM on default_transaction_read_only' END,
                CASE WHEN NOT has_parameter_privilege('primary_conninfo', 'ALTER SYSTEM')
                     THEN 'ALTER SYSTEM on primary_conninfo' END,
                CASE WHEN NOT has_function_privilege('pg_reload_conf()', 'EXECUTE')
                     THEN 'EXECUTE on pg_reload_conf' END,
                CASE WHEN NOT has_function_privilege('pg_promote(boolean, integer)', 'EXECUTE')
                     THEN 'EXECUTE on pg_promote' END,
                CASE WHEN NOT pg_has_role('pg_checkpoint', 'USAGE') THEN 'the role pg_checkpoint' END,
                CASE WHEN NOT pg_has_role('pg_monitor', 'USAGE') THEN 'the role pg_monitor' END)
            """;

    SwitchoverPlan {
        others = List.copyOf(others);
    }

    /** Throws with the reason when roles can't be exchanged now. */
    static SwitchoverPlan of(Topology topology, List<NodeAddress> nodes, String target) {
        NodeAddress to = nodes.stream()
                .filter(node -> node.id().equals(target))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("cluster '%s': unknown NODE '%s'; allowed: %s"
                        .formatted(
                                topology.cluster(),
                                target,
                                nodes.stream().map(NodeAddress::id).toList())));
        String primary = topology.primary();
        if (primary == null) {
            throw refused(topology, target, "there is no primary to take over from: " + topology.why());
        }
        if (primary.equals(target)) {
            throw refused(topology, target, target + " is the primary already");
        }
        NodeStatus status = topology.node(target).orElseThrow();
        if (status.node().state() != NodeState.UP || status.node().role() != Role.REPLICA || !status.readable()) {
            throw refused(
                    topology,
                    target,
                    "it is no replica that is up and fresh: " + status.node().reason());
        }
        List<NodeAddress> others = nodes.stream()
                .filter(node -> !node.equals(to) && !node.id().equals(primary))
                .toList();
        NodeAddress from = nodes.stream()
                .filter(node -> node.id().equals(primary))
                .findFirst()
                .orElseThrow();
        return new SwitchoverPlan(from, to, others);
    }

    /** The same; throws where one of the other replicas is away. */
    SwitchoverPlan withAll(Topology topology) {
        for (NodeAddress other : others) {
            NodeStatus standing = topology.node(other.id()).orElseThrow();
            if (standing.node().state() != NodeState.UP || standing.node().role() != Role.REPLICA) {
                throw refused(
                        topology,
                        to.id(),
                        other + " is no replica that is up, and all have to take part: "
                                + standing.node().reason());
            }
        }
        return this;
    }

    private static IllegalStateException refused(Topology topology, String target, String why) {
        return new IllegalStateException(
                "cluster '%s': no switchover to %s: %s".formatted(topology.cluster(), target, why));
    }

    /** All that are replicas before it. */
    List<NodeAddress> replicas() {
        return Stream.concat(Stream.of(to), others.stream()).toList();
    }

    /** Throws where the target may lack what the old primary has acknowledged, as that says itself. */
    void requireComplete(NodeSession old) throws Refusal, SQLException {
        Standby standby = Facts.standbys(old.first("SELECT " + Facts.STANDBYS).orElse(null)).stream()
                .filter(one -> one.streams() && one.name().equalsIgnoreCase(to.id()))
                .findFirst()
                .orElseThrow(() -> new Refusal("%s does not stream from %s".formatted(to, from)));
        String names = old.first("SHOW synchronous_standby_names").orElse("");
        if (!names.isBlank() && !standby.confirms()) {
            throw new Refusal("%s waits for the standbys '%s', and %s is '%s': it may lack what was acknowledged"
                    .formatted(from, names, to, standby.sync()));
        }
    }

    /** Throws when one of them can't do its part, as they say themselves. */
    void check(NodeSession old, HeldReplicas replicas) throws Refusal, SQLException, InterruptedException {
        String missing = old.first(MISSING).orElse("");
        if (!missing.isEmpty()) {
            throw new Refusal("the cluster's role lacks what a switchover needs, on all nodes: " + missing);
        }
        for (NodeAddress other : others) {
            replicas.session(other.id()).requirePointable();
        }
        Receiver upstream = replicas.look(to.id()).receiver();
        if (upstream == null || !upstream.streams()) {
            throw new Refusal(to + " does not stream from anybody");
        }
        if (others.stream().map(NodeAddress::id).anyMatch(other -> other.equals(upstream.node()))) {
            throw new Refusal("%s streams from %s, which is a replica: it has to stream from %s"
                    .formatted(to, upstream.sender(), from));
        }
    }
}
