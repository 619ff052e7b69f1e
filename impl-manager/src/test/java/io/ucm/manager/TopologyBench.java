// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.service.jdbc.DataSourceFactory;

/** A cluster's topology, and who watches it as the test says. */
final class TopologyBench implements AutoCloseable {

    private static final TlsState TLS = TlsState.of(Tls.withoutFiles(TlsMode.DISABLE));

    /** For the clock of whoever watches. */
    final AtomicLong now = new AtomicLong();

    /** How often the route changed. */
    final AtomicInteger changes = new AtomicInteger();

    /** How often it was said that commits may be lost. */
    final AtomicInteger losses = new AtomicInteger();

    /** Null: there is none. */
    volatile @Nullable DataSourceFactory driver = new FakeServer().factory();

    final Slot<TopologyWatcher> slot = new Slot<>("ha");
    final FakeWatcher says = new FakeWatcher();
    private final Threads threads = new Threads();

    /** Of n1, which is configured to be the primary, n2 and n3. */
    final ClusterTopology topology = topology("n1=db:5432", "n2=db2:5432", "n3=db3:5432");

    @Override
    public void close() {
        topology.close();
        threads.close();
    }

    /** Whose nodes Patroni has not named. */
    static ClusterSettings none() {
        return ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(
                        ClusterConfig.class,
                        Map.of("cluster", "main", "patroni", new String[] {"http://db1:8008"}, "database", "ucm"),
                        Map.of("user", "ha")));
    }

    /** Another one of the same cluster, to be closed by who asks. */
    ClusterTopology topology(String... nodes) {
        return topologyFor("ha", nodes);
    }

    ClusterTopology topologyFor(String user, String... nodes) {
        ClusterSettings settings = ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(
                        ClusterConfig.class,
                        Map.of("cluster", "main", "nodes", nodes, "database", "ucm"),
                        Map.of("user", user)));
        return topology(settings);
    }

    ClusterTopology topology(ClusterSettings settings) {
        Credentials credentials = new Credentials(settings.password());
        return new ClusterTopology(
                settings,
                new ClusterAccess(
                        settings,
                        credentials,
                        () -> driver == null ? null : new Connector(driver, settings, TLS),
                        node -> Optional.empty(),
                        null),
                new ClusterNodes(settings, credentials, () -> null, threads),
                now::get,
                changes::incrementAndGet,
                losses::incrementAndGet);
    }

    Part<TopologyWatcher> watch(TopologyWatcher watcher) {
        Part<TopologyWatcher> part = Workbench.part(watcher);
        slot.add(part.reference(), watcher);
        topology.use(slot);
        return part;
    }

    /** The one that comes after one which has named them. */
    FakeWatcher watchedNext(String primary, String... readable) {
        Part<TopologyWatcher> part = watch(says);
        says.topology(primary, readable);
        FakeWatcher next = new FakeWatcher();
        unwatch(part);
        watch(next);
        return next;
    }

    void unwatch(Part<TopologyWatcher> part) {
        slot.remove(part.reference());
        topology.use(slot);
    }

    static List<String> ids(Route route) {
        List<String> ids = new ArrayList<>();
        NodeAddress primary = route.primary();
        if (primary != null) {
            ids.add(primary.id());
        }
        route.readable().forEach(node -> ids.add(node.id()));
        return ids;
    }
}
