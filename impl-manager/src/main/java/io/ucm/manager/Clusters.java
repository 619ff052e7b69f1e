// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configured clusters, and the slots whose parts each of them uses. Thread-safe: the map is guarded by this object,
 * under whose lock nothing blocks and nobody outside is called.
 */
final class Clusters {

    private static final Logger LOG = LoggerFactory.getLogger(Clusters.class);

    private final Slot<TopologyWatcher> watchers = new Slot<>("ha");
    private final Slot<CacheLevelsFactory> caches = new Slot<>("cache");
    private final BiFunction<ClusterSettings, Credentials, ClusterTopology> topologies;
    private final Monitoring monitoring;
    private final Answers answers;
    private final Events events;
    private final Map<String, Cluster> byName = new HashMap<>();

    Clusters(
            BiFunction<ClusterSettings, Credentials, ClusterTopology> topologies,
            Monitoring monitoring,
            Answers answers,
            Events events) {
        this.answers = answers;
        this.events = events;
        this.topologies = topologies;
        this.monitoring = monitoring;
    }

    Slot<TopologyWatcher> watchers() {
        return watchers;
    }

    Slot<CacheLevelsFactory> caches() {
        return caches;
    }

    /** Null when it isn't there. */
    synchronized @Nullable Cluster named(String name) {
        return byName.get(name);
    }

    /** Who takes the writes of a cluster; null while nobody does, or it isn't there. */
    @Nullable
    NodeAddress primaryOf(String name) {
        Cluster asked = named(name);
        return asked == null ? null : asked.topology().route().primary();
    }

    /** The nodes of a cluster, asked now unless they just were: blocks up to 2 s. */
    List<Node> askNodes(String name) {
        Cluster asked = named(name);
        return asked == null ? List.of() : asked.topology().refreshed();
    }

    /** The nodes as last seen of the clusters that no part watches. */
    synchronized Map<String, List<Node>> unwatched() {
        Map<String, List<Node>> nodes = new HashMap<>();
        byName.forEach((name, cluster) -> {
            if (cluster.topology().since() == null) {
                nodes.put(name, cluster.nodes());
            }
        });
        return nodes;
    }

    /** Since when the best part of one of the two slots serves; null while none does. */
    synchronized @Nullable Instant since(Slot<?> slot) {
        return byName.values().stream()
                .map(cluster -> slot == watchers
                        ? cluster.topology().since()
                        : cluster.caches().since())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    synchronized void driverCame() {
        byName.values().forEach(cluster -> cluster.topology().driverCame());
    }

    /** Clusters come, go and change; each uses the best parts that there are. Blocks up to 2 s when a part leaves. */
    void reconcile(Declarations.InForce wanted) {
        List<AutoCloseable> gone = new ArrayList<>();
        List<Cluster> there;
        synchronized (this) {
            for (String name : List.copyOf(byName.keySet())) {
                if (!wanted.clusters().containsKey(name)) {
                    gone.add(byName.remove(name));
                }
            }
            wanted.clusters().forEach((name, settings) -> reconcile(name, settings, gone));
            there = List.copyOf(byName.values());
        }
        for (Cluster cluster : there) {
            cluster.writers(wanted.writers(cluster.name()));
            cluster.topology().use(watchers);
            cluster.caches().use(caches, wanted.caches(cluster.name()));
        }
        gone.forEach(Clusters::close);
    }

    private void reconcile(String name, ClusterSettings settings, List<AutoCloseable> gone) {
        Cluster there = byName.get(name);
        if (there == null) {
            byName.put(name, new Cluster(settings, topologies, monitoring, answers, events));
        } else {
            ClusterTopology before = there.change(settings, topologies);
            if (before != null) {
                gone.add(before);
            }
        }
    }

    private static void close(AutoCloseable gone) {
        try {
            gone.close();
        } catch (Exception e) {
            LOG.warn("{} could not be closed", gone, e);
        }
    }
}
