// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ConnectionManager;
import io.ucm.api.Node;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.CacheSettings;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.TopologyWatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.jdbc.DataSourceFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings together what is configured and what is installed. Holds the slots, the settings and the managers; itself never
 * restarts because a part comes or goes. Thread-safe: its maps are guarded by its monitor, under which nothing blocks
 * and nobody outside is called.
 */
@Component(service = Core.class, immediate = true)
public final class Core {

    private static final Logger LOG = LoggerFactory.getLogger(Core.class);

    /** How long a bundle that leaves is held until its connections are back. */
    private static final Duration HOLD = Duration.ofSeconds(1);

    private final BundleContext context;
    private final Threads threads = new Threads();
    private final Slot<ConnectionPoolFactory> pools = new Slot<>("pool");
    private final Slot<DataSourceFactory> drivers = new Slot<>("driver");
    private final Slot<TopologyWatcher> watchers = new Slot<>("ha");
    private final Slot<CacheLevelsFactory> caches = new Slot<>("cache");
    private final Slot<HealthMonitor> monitors = new Slot<>("health");
    private final Monitoring monitoring = new Monitoring();
    private final Declarations declarations = new Declarations();
    private final Map<String, Cluster> clusters = new HashMap<>();
    private final Map<ManagerKey, Registered> managers = new HashMap<>();
    private final Certificates certificates;
    private final CertificateWatch watch;

    /** On the thread that stops a bundle, after its own clean-up: what it still holds is taken back. */
    private final SynchronousBundleListener stopped = this::bundleChanged;

    @Activate
    public Core(BundleContext context) {
        this.context = context;
        this.certificates = new Certificates(context.getDataFile("tls").toPath());
        this.watch = new CertificateWatch(
                threads, certificates, () -> declarations.inForce().tls(), this::tlsInUse, this::reconcile);
        context.addBundleListener(stopped);
    }

    private void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPED) {
            managers().forEach(manager -> manager.end(event.getBundle()));
        }
    }

    @Deactivate
    void deactivate() {
        context.removeBundleListener(stopped);
        watch.close();
        List<Registered> all;
        List<Cluster> ended;
        synchronized (this) {
            all = List.copyOf(managers.values());
            managers.clear();
            ended = List.copyOf(clusters.values());
            clusters.clear();
        }
        threads.inParallel(all.stream().map(registered -> registered::close));
        threads.inParallel(ended.stream().map(cluster -> cluster::close));
        threads.close();
        certificates.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindPool(ConnectionPoolFactory service, ServiceReference<ConnectionPoolFactory> reference) {
        pools.add(reference, service);
        reconcile();
    }

    void unbindPool(ServiceReference<ConnectionPoolFactory> reference) {
        pools.remove(reference);
        leave(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindDriver(DataSourceFactory service, ServiceReference<DataSourceFactory> reference) {
        drivers.add(reference, service);
        synchronized (this) {
            clusters.values().forEach(cluster -> cluster.topology().driverCame());
        }
        reconcile();
    }

    void unbindDriver(ServiceReference<DataSourceFactory> reference) {
        drivers.remove(reference);
        leave(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindWatcher(TopologyWatcher service, ServiceReference<TopologyWatcher> reference) {
        watchers.add(reference, service);
        reconcile();
    }

    void unbindWatcher(ServiceReference<TopologyWatcher> reference) {
        watchers.remove(reference);
        reconcile();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCache(CacheLevelsFactory service, ServiceReference<CacheLevelsFactory> reference) {
        caches.add(reference, service);
        reconcile();
    }

    void unbindCache(ServiceReference<CacheLevelsFactory> reference) {
        caches.remove(reference);
        reconcile();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindMonitor(HealthMonitor service, ServiceReference<HealthMonitor> reference) {
        monitors.add(reference, service);
        monitoring.use(monitors);
    }

    void unbindMonitor(ServiceReference<HealthMonitor> reference) {
        monitors.remove(reference);
        monitoring.use(monitors);
    }

    /** Takes the settings of one cluster, or says why not. */
    void defineCluster(Object owner, Origin origin, Supplier<ClusterSettings> settings) {
        declarations.cluster(owner, origin, settings);
        reconcile();
    }

    /** Takes the settings of one mode, or says why not. */
    void defineMode(Object owner, Origin origin, Supplier<ModeSettings> settings) {
        declarations.mode(owner, origin, settings);
        reconcile();
    }

    /** A configuration is gone. */
    void forget(Object owner) {
        declarations.remove(owner);
        reconcile();
    }

    /** All managers, by cluster and mode. */
    synchronized List<Manager> managers() {
        return managers.values().stream()
                .map(Registered::manager)
                .sorted(Comparator.comparing(manager -> manager.key().toString()))
                .toList();
    }

    /** A manager as this bundle uses it for its own commands. */
    ConnectionManager own(Manager manager) {
        return manager.viewOf(context.getBundle());
    }

    Declarations declarations() {
        return declarations;
    }

    /** The names of the configured clusters, sorted. */
    List<String> clusters() {
        return declarations.inForce().clusters().keySet().stream().sorted().toList();
    }

    /** The nodes of a cluster, asked now unless they just were: blocks up to 2 s. */
    List<Node> askNodes(String name) {
        Cluster asked = cluster(name);
        return asked == null ? List.of() : asked.topology().refreshed();
    }

    /** The same as last seen. */
    List<Node> lastNodes(String name) {
        Cluster there = cluster(name);
        return there == null ? List.of() : there.nodes();
    }

    /** The clusters that no part watches. */
    synchronized List<String> unwatched() {
        return clusters.entrySet().stream()
                .filter(there -> there.getValue().topology().since() == null)
                .map(Map.Entry::getKey)
                .toList();
    }

    private synchronized @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    List<Slot<?>> slots() {
        return List.of(pools, drivers, watchers, caches, monitors);
    }

    /** Since when the best part of a slot besides pool and driver serves; null while none does. */
    synchronized @Nullable Instant since(Slot<?> slot) {
        if (slot == monitors) {
            return monitoring.since();
        }
        return clusters.values().stream()
                .map(cluster -> slot == watchers
                        ? cluster.topology().since()
                        : cluster.caches().since())
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /** Holds settings, parts and managers against each other; what is missing is made, what changed is told. */
    private void reconcile() {
        certificates.readNew(declarations.inForce().tls());
        reconcileClusters();
        List<Registered> created = new ArrayList<>();
        List<Registered> gone = new ArrayList<>();
        synchronized (this) {
            Declarations.InForce wanted = declarations.inForce();
            Map<ManagerKey, ModeSettings> complete = wanted.complete();
            for (ManagerKey key : List.copyOf(managers.keySet())) {
                if (!complete.containsKey(key)) {
                    gone.add(managers.remove(key));
                }
            }
            if (context.getBundle(0).getState() != Bundle.STOPPING) {
                complete.values().stream()
                        .filter(mode -> clusters.containsKey(mode.key().cluster()))
                        .forEach(mode -> reconcile(mode, created));
            }
        }
        created.forEach(registered -> registered.register(context));
        threads.inParallel(gone.stream().map(registered -> registered::close));
    }

    /** Clusters come, go and change; each uses the best parts that there are. */
    private void reconcileClusters() {
        List<AutoCloseable> gone = new ArrayList<>();
        Map<Cluster, Set<CacheSettings>> there = new HashMap<>();
        synchronized (this) {
            Declarations.InForce wanted = declarations.inForce();
            for (String name : List.copyOf(clusters.keySet())) {
                if (!wanted.clusters().containsKey(name)) {
                    gone.add(clusters.remove(name));
                }
            }
            if (context.getBundle(0).getState() != Bundle.STOPPING) {
                wanted.clusters().forEach((name, settings) -> reconcile(name, settings, gone));
            }
            clusters.forEach((name, cluster) -> there.put(
                    cluster,
                    wanted.complete().values().stream()
                            .filter(mode -> mode.key().cluster().equals(name))
                            .map(ModeSettings::cache)
                            .collect(Collectors.toSet())));
        }
        there.forEach((cluster, modes) -> {
            cluster.topology().use(watchers);
            cluster.caches().use(caches, modes);
        });
        gone.forEach(Core::close);
    }

    private void reconcile(String name, ClusterSettings settings, List<AutoCloseable> gone) {
        Cluster there = clusters.get(name);
        if (there == null) {
            clusters.put(name, new Cluster(topology(settings), monitoring));
        } else if (!there.topology().cluster().equals(settings)) {
            gone.add(there.change(topology(settings)));
        }
    }

    private ClusterTopology topology(ClusterSettings settings) {
        return new ClusterTopology(
                settings,
                new ClusterAccess(settings, () -> connector(settings)),
                new ClusterNodes(settings, () -> connector(settings), threads),
                () -> threads.background().execute(this::reconcile));
    }

    private static void close(AutoCloseable gone) {
        try {
            gone.close();
        } catch (Exception e) {
            LOG.warn("{} could not be closed", gone, e);
        }
    }

    private void reconcile(ModeSettings mode, List<Registered> created) {
        Cluster there = Objects.requireNonNull(clusters.get(mode.key().cluster()));
        ClusterSettings cluster = there.topology().cluster();
        Registered registered = managers.get(mode.key());
        if (registered == null) {
            registered = new Registered(new Manager(mode, threads, HOLD, there));
            managers.put(mode.key(), registered);
            created.add(registered);
        }
        Manager manager = registered.manager();
        manager.changeSettings(mode);
        TlsState tls = certificates.state(cluster.tls().with(mode.certificate()));
        manager.generations().heldBack(tls.stale());
        Optional<Part<ConnectionPoolFactory>> pool = pools.best();
        Optional<Part<DataSourceFactory>> driver = drivers.best(part -> offers(part, cluster.driverClass()));
        if (pool.isEmpty()) {
            manager.wantNothing("no connection pool is installed: the slot 'pool' is empty");
        } else if (driver.isEmpty()) {
            manager.wantNothing("no DataSourceFactory with osgi.jdbc.driver.class=" + cluster.driverClass()
                    + "; there are: " + drivers.all());
        } else if (tls.inForce() == null) {
            manager.wantNothing(String.valueOf(tls.problem()));
        } else {
            manager.want(
                    new Blueprint(pool.get(), driver.get(), cluster, mode, cluster.primary(), tls.inForce()),
                    there.topology().route());
        }
    }

    private synchronized Set<Tls> tlsInUse() {
        return managers.values().stream()
                .flatMap(registered -> registered.manager().lanes().stream())
                .flatMap(lane -> lane.generations().inUse().stream())
                .map(Blueprint::tls)
                .collect(Collectors.toSet());
    }

    private @Nullable Connector connector(ClusterSettings cluster) {
        return drivers.best(part -> offers(part, cluster.driverClass()))
                .map(part -> new Connector(part.service(), cluster, certificates.state(cluster.tls())))
                .orElse(null);
    }

    private static boolean offers(Part<DataSourceFactory> part, String driverClass) {
        return driverClass.equals(part.reference().getProperty(DataSourceFactory.OSGI_JDBC_DRIVER_CLASS));
    }

    /** On the thread that stops the part's bundle: it goes on when nothing uses the part, or the hold is over. */
    private void leave(ServiceReference<?> part) {
        reconcile();
        threads.inParallel(managers().stream()
                .flatMap(manager -> manager.lanes().stream())
                .map(lane -> () -> lane.generations().leave(part)));
    }
}
