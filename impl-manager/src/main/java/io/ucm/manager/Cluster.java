// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.util.List;

/**
 * One configured cluster: who is what in it, and its caches. It stays while its settings change. Thread-safe; only {@link
 * #close} blocks.
 */
final class Cluster implements Surroundings, AutoCloseable {

    private final ClusterCaches caches;
    private final Monitoring monitoring;
    private final SessionRules rules = new SessionRules();
    private volatile ClusterTopology topology;

    Cluster(ClusterTopology topology, Monitoring monitoring, Answers answers) {
        this.topology = topology;
        this.caches = new ClusterCaches(topology.cluster().name(), answers);
        this.monitoring = monitoring;
    }

    String name() {
        return topology.cluster().name();
    }

    ClusterTopology topology() {
        return topology;
    }

    /** Its settings have changed: goes on with what is known. The caller closes the one before. */
    ClusterTopology change(ClusterTopology changed) {
        ClusterTopology before = topology;
        changed.inherit(before);
        topology = changed;
        return before;
    }

    @Override
    public List<Node> nodes() {
        return topology.nodes();
    }

    @Override
    public void lost(NodeAddress node, SQLException failure) {
        topology.failed(node, failure);
    }

    @Override
    public ClusterCaches caches() {
        return caches;
    }

    @Override
    public Monitoring monitoring() {
        return monitoring;
    }

    @Override
    public SessionRules rules() {
        return rules;
    }

    @Override
    public void close() {
        topology.close();
        caches.close();
    }
}
