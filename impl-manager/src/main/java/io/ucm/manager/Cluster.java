// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatch;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One configured cluster: who is what in it, and its caches. It stays while its settings change. Thread-safe; only {@link
 * #close} blocks.
 */
final class Cluster implements Surroundings, AutoCloseable {

    private final ClusterCaches caches;
    private final Monitoring monitoring;
    private final Events events;
    private final SessionRules rules = new SessionRules();
    private final Rooms rooms = new Rooms();
    private final AtomicInteger tokenChanges = new AtomicInteger();
    private final ConnectTurns turns = new ConnectTurns();
    private volatile Set<String> writers = Set.of();
    private volatile Credentials credentials;
    private volatile ClusterTopology topology;

    Cluster(
            ClusterSettings settings,
            BiFunction<ClusterSettings, Credentials, ClusterTopology> topologies,
            Monitoring monitoring,
            Answers answers,
            Events events) {
        this.credentials = new Credentials(settings.password());
        this.topology = topologies.apply(settings, credentials);
        this.caches = new ClusterCaches(settings.name(), answers);
        this.monitoring = monitoring;
        this.events = events;
    }

    String name() {
        return topology.cluster().name();
    }

    ClusterTopology topology() {
        return topology;
    }

    /**
     * Its settings may have changed: goes on with what is known.
     *
     * @return what was replaced, for the caller to close; null when nothing but a password is new
     */
    @Nullable
    ClusterTopology change(
            ClusterSettings settings, BiFunction<ClusterSettings, Credentials, ClusterTopology> topologies) {
        ClusterTopology before = topology;
        boolean sameRole = settings.user().equals(before.cluster().user());
        if (sameRole) {
            credentials.change(settings.password(), settings.passwordGrace());
        } else {
            credentials = new Credentials(settings.password());
        }
        if (settings.withoutPassword().equals(before.cluster().withoutPassword())) {
            return null;
        }
        ClusterTopology changed = topologies.apply(settings, credentials);
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
    public @Nullable TopologyWatch watch() {
        return topology.watch();
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

    ConnectTurns turns() {
        return turns;
    }

    @Override
    public Rooms rooms() {
        return rooms;
    }

    @Override
    public Set<String> writers() {
        return writers;
    }

    void writers(Set<String> users) {
        writers = users;
    }

    @Override
    public AtomicInteger tokenChanges() {
        return tokenChanges;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public void close() {
        topology.close();
        caches.close();
    }
}
