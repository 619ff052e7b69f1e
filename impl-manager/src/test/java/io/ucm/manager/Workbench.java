// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CommitOutcome;
import io.ucm.api.ConnectionManager;
import io.ucm.api.Node;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.Epoch;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatch;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.osgi.service.jdbc.DataSourceFactory;

/**
 * A manager of two connections over a {@link FakeServer}, with or without a pool. After each test it checks that every
 * borrowed connection came back and every connection is closed.
 */
final class Workbench implements AfterEachCallback {

    /** So that a test which waits for the hold in vain does not pass. */
    private static final int LONGER_THAN_ANY_TEST_MS = 300_000;

    final FakeServer server = new FakeServer();
    final SimplePools pools = new SimplePools();
    final Threads threads = new Threads();
    final Slot<CacheLevelsFactory> cacheSlot = new Slot<>("cache");
    final Slot<HealthMonitor> healthSlot = new Slot<>("health");

    /** The nodes that were reported lost. */
    final List<String> lost = new CopyOnWriteArrayList<>();

    /** Nothing changes a session but the texts that say so. */
    final SessionRules rules = new SessionRules(Routines.NONE);

    /** Who keeps breakers; null: nobody does. */
    volatile @Nullable TopologyWatch watch;

    /** The events, with the outcome that they tell. */
    final List<String> posted = new CopyOnWriteArrayList<>();

    private final ConnectTurns turns = new ConnectTurns();
    private final Around around = new Around();
    final Manager manager;

    private final class Around implements Surroundings {

        private final Answers answers = new Answers(threads);
        private final ClusterCaches caches = new ClusterCaches("main", answers);
        private final Monitoring monitoring = new Monitoring(answers);
        private final Rooms rooms = new Rooms();
        private final AtomicInteger tokenChanges = new AtomicInteger();
        private final Events events = new Events();

        private Around() {
            events.add((topic, properties) -> posted.add(topic + " " + properties.get("outcome")));
        }

        @Override
        public List<Node> nodes() {
            return List.of();
        }

        @Override
        public void lost(NodeAddress node, SQLException failure) {
            lost.add(node.id());
        }

        @Override
        public @Nullable TopologyWatch watch() {
            return watch;
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
        public Rooms rooms() {
            return rooms;
        }

        @Override
        public Set<String> writers() {
            return mode.profile().commitOutcome() == CommitOutcome.RESOLVED ? Set.of("app") : Set.of();
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
        public SessionRules rules() {
            return rules;
        }
    }

    /** Two bundles that use it. */
    final Bundle orders = bundle(41, "orders");

    final Bundle billing = bundle(42, "billing");

    private final ClusterSettings cluster = ClusterSettings.of(
            SettingsTest.ORIGIN,
            SettingsTest.config(
                    ClusterConfig.class,
                    Map.of(
                            "cluster",
                            "main",
                            "nodes",
                            new String[] {"n1=db:5432", "n2=db2:5432", "n3=db3:5432"},
                            "database",
                            "ucm"),
                    Map.of()));
    private final Map<String, Object> base;
    private volatile ModeSettings mode;
    private final Part<ConnectionPoolFactory> onlyPool = part(pools);
    private final Part<DataSourceFactory> driver = part(server.factory());

    Workbench(Map<String, Object> changes) {
        base = new HashMap<>(Map.of("cluster", "main", "mode", "ASYNC_MODERN", "user", "app"));
        base.put("pool_size_count", 2);
        base.put("commit_outcome", "REPORTED");
        base.put("hold_ms", LONGER_THAN_ANY_TEST_MS);
        base.putAll(changes);
        mode = settings(Map.of());
        manager = new Manager(mode, threads, around);
    }

    /** What the configuration says with these changes. */
    ModeSettings settings(Map<String, Object> changes) {
        return ModeSettings.of(SettingsTest.ORIGIN, SettingsTest.config(ModeConfig.class, base, changes));
    }

    /** A pool serves that a change of the configuration may replace. */
    Generation serving() {
        route("n1");
        Awaitility.await().until(() -> manager.generations().current() != null);
        return manager.generations().current();
    }

    /** The configuration changes while {@link #serving}. */
    void change(Map<String, Object> changes) {
        mode = settings(changes);
        manager.changeSettings(mode);
        manager.generations().want(blueprint(onlyPool));
    }

    /** The manager as the bundle {@link #orders} sees it. */
    ConnectionManager view() {
        return manager.viewOf(orders);
    }

    /** A pool is there, and will serve. */
    Part<ConnectionPoolFactory> serveSoon() {
        Part<ConnectionPoolFactory> part = part(pools);
        manager.generations().want(blueprint(part));
        return part;
    }

    /** A pool is there, and serves. */
    Part<ConnectionPoolFactory> serve() {
        Generation before = manager.generations().current();
        Part<ConnectionPoolFactory> part = serveSoon();
        Awaitility.await().until(() -> manager.generations().current() != before);
        return part;
    }

    /** What the pools of {@link #serving} come from. */
    ServiceReference<ConnectionPoolFactory> poolPart() {
        return onlyPool.reference();
    }

    /** A pool of these parts is to serve. */
    void want(Part<ConnectionPoolFactory> pool, Part<DataSourceFactory> driver) {
        manager.generations().want(blueprint(pool, driver));
    }

    private Blueprint blueprint(Part<ConnectionPoolFactory> part) {
        return blueprint(part, driver);
    }

    private Blueprint blueprint(Part<ConnectionPoolFactory> pool, Part<DataSourceFactory> driver) {
        return new Blueprint(
                pool,
                driver,
                cluster.ofPools(),
                mode.session(),
                manager.credentials(),
                cluster.primary(),
                Tls.withoutFiles(TlsMode.PREFER),
                turns);
    }

    NodeAddress node(String id) {
        return cluster.nodes().stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Somebody watches the cluster, and says this. */
    void route(@Nullable String primary, String... readable) {
        manager.want(
                blueprint(onlyPool),
                new Route(
                        primary == null ? null : node(primary),
                        primary == null ? "nobody is writable" : null,
                        Stream.of(readable).map(this::node).toList()));
    }

    /** The same, where some of the replicas are far. */
    void routeFar(String primary, Set<String> far, String... readable) {
        manager.want(
                blueprint(onlyPool),
                new Route(
                        node(primary),
                        null,
                        Stream.of(readable).map(this::node).toList(),
                        nodes(far),
                        null,
                        null,
                        Set.of(),
                        Set.of()));
    }

    /** The same; and what is under way at these nodes is of no use any more. */
    void route(String primary, Set<String> silent, Set<String> fenced) {
        manager.want(
                blueprint(onlyPool),
                new Route(node(primary), null, List.of(), Set.of(), null, null, nodes(silent), nodes(fenced)));
    }

    /** Writes go nowhere, and reads to that primary. */
    void routeToReadOnly(String primary) {
        manager.want(
                blueprint(onlyPool),
                new Route(
                        null,
                        "it has lost its standbys",
                        List.of(node(primary)),
                        Set.of(),
                        node(primary),
                        null,
                        Set.of(),
                        Set.of()));
    }

    /** The same primary and replicas, with a history. */
    void route(String primary, Epoch epoch, String... readable) {
        manager.want(
                blueprint(onlyPool),
                new Route(
                        node(primary),
                        null,
                        Stream.of(readable).map(this::node).toList(),
                        Set.of(),
                        null,
                        epoch,
                        Set.of(),
                        Set.of()));
    }

    private Set<NodeAddress> nodes(Set<String> ids) {
        return ids.stream().map(this::node).collect(Collectors.toSet());
    }

    ClusterCaches caches() {
        return around.caches;
    }

    /** These caches serve from now on. */
    Part<CacheLevelsFactory> cache(CacheLevelsFactory factory) {
        Part<CacheLevelsFactory> part = part(factory);
        cacheSlot.add(part.reference(), part.service());
        useCaches();
        return part;
    }

    void removeCache(Part<CacheLevelsFactory> part) {
        cacheSlot.remove(part.reference());
        useCaches();
    }

    private void useCaches() {
        around.caches.use(cacheSlot, Set.of(mode.cache()));
    }

    void health(HealthMonitor monitor) {
        Part<HealthMonitor> part = part(monitor);
        healthSlot.add(part.reference(), part.service());
        around.monitoring.use(healthSlot);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Awaitility.await("all connections returned").until(() -> manager.pool().active() == 0);
        manager.close();
        threads.close();
        // What a pool was opening when it was closed is closed by the thread that opened it.
        Awaitility.await("all connections closed").until(() -> server.open.get() == 0);
    }

    static Bundle bundle(long id, String name) {
        return proxy(Bundle.class, Map.of("getBundleId", id, "getSymbolicName", name, "toString", name));
    }

    static <S> Part<S> part(S service) {
        Bundle bundle = bundle(1, "test");
        ServiceReference<S> reference = proxy(ServiceReference.class, Map.of("getBundle", bundle));
        return Part.of(reference, service);
    }

    /** An object of an OSGi interface that answers with fixed values, equal to itself only. */
    @SuppressWarnings("unchecked")
    private static <T, U> T proxy(Class<U> type, Map<String, Object> answers) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
                    case "equals" -> self == args[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> answers.get(method.getName());
                });
    }
}
