// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ConnectionManager;
import io.ucm.settings.Origin;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

/**
 * Brings together what is configured and what is installed. Holds the slots, the settings and the managers; itself never
 * restarts because a part comes or goes. Thread-safe: its maps are guarded by its monitor, under which nothing blocks
 * and nobody outside is called.
 */
@Component(service = Core.class, immediate = true)
public final class Core {

    static final String POOL = "pool";
    static final String DRIVER = "driver";

    /** When all classes of a bundle are loaded after it has come to serve. */
    private static final Duration LOAD_AFTER = Duration.ofSeconds(5);

    private final BundleContext context;
    private final Threads threads = new Threads();
    private final Slot<ConnectionPoolFactory> pools = new Slot<>(POOL);
    private final Slot<DataSourceFactory> drivers = new Slot<>(DRIVER);
    private final Slot<HealthMonitor> monitors = new Slot<>("health");
    private final Answers answers = new Answers(threads);
    private final Monitoring monitoring = new Monitoring(answers);
    private final PatroniMembers members = new PatroniMembers();
    private final Declarations declarations = new Declarations(members);
    private final Events events = new Events();
    private final RouteEvents routes = new RouteEvents(events);
    private final Clusters clusters = new Clusters(this::topology, monitoring, answers, events);
    private final Map<ManagerKey, Registered> managers = new HashMap<>();
    private final Exchanges exchanges = new Exchanges(threads, events, this::lanes);
    private final LoadedBundles loaded = new LoadedBundles();
    private final Certificates certificates;
    private final CertificateWatch watch;
    private final LeakWatch leaks;
    private final PatroniWatch patroni;

    /** On the thread that stops a bundle, after its own clean-up: what it still holds is taken back. */
    private final SynchronousBundleListener stopped = this::bundleChanged;

    private volatile boolean closed;

    @Activate
    public Core(BundleContext context) {
        this.context = context;
        this.certificates = new Certificates(context.getDataFile("tls").toPath());
        this.watch = new CertificateWatch(
                threads, certificates, () -> declarations.inForce().tls(), this::tlsInUse, this::reconcile);
        this.leaks = new LeakWatch(threads, this::managers);
        this.patroni =
                new PatroniWatch(threads, members, declarations::ofPatroni, clusters::primaryOf, this::reconcile);
        leaks.start();
        context.addBundleListener(stopped);
        new Upkeep(threads, this::managers, exchanges, this::reconcile).start();
    }

    Events events() {
        return events;
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
        leaks.close();
        patroni.close();
        List<Registered> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(managers.values());
            managers.clear();
        }
        threads.inParallel(all.stream().map(registered -> registered::close));
        clusters.reconcile(Declarations.InForce.NOTHING);
        threads.close();
        certificates.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindPool(ConnectionPoolFactory service, ServiceReference<ConnectionPoolFactory> reference) {
        pools.add(reference, service);
        reconcile();
    }

    void unbindPool(ServiceReference<ConnectionPoolFactory> reference) {
        leave(pools.remove(reference));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindDriver(DataSourceFactory service, ServiceReference<DataSourceFactory> reference) {
        drivers.add(reference, service);
        clusters.driverCame();
        reconcile();
    }

    void unbindDriver(ServiceReference<DataSourceFactory> reference) {
        leave(drivers.remove(reference));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindWatcher(TopologyWatcher service, ServiceReference<TopologyWatcher> reference) {
        clusters.watchers().add(reference, service);
        reconcile();
    }

    void unbindWatcher(ServiceReference<TopologyWatcher> reference) {
        clusters.watchers().remove(reference);
        reconcile();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindCache(CacheLevelsFactory service, ServiceReference<CacheLevelsFactory> reference) {
        clusters.caches().add(reference, service);
        reconcile();
    }

    void unbindCache(ServiceReference<CacheLevelsFactory> reference) {
        clusters.caches().remove(reference);
        reconcile();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindMonitor(HealthMonitor service, ServiceReference<HealthMonitor> reference) {
        monitors.add(reference, service);
        noticeExchanges();
        monitoring.use(monitors);
    }

    void unbindMonitor(ServiceReference<HealthMonitor> reference) {
        monitors.remove(reference);
        noticeExchanges();
        monitoring.use(monitors);
    }

    /** Takes the settings of one cluster, or says why not. */
    void defineCluster(Object owner, Origin origin, Supplier<ClusterSettings> settings) {
        declarations.cluster(owner, origin, settings);
        reconcile();
        patroni.askSoon();
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

    /** The nodes that Patroni named. */
    PatroniMembers members() {
        return members;
    }

    /** The names of the configured clusters, sorted. */
    List<String> clusters() {
        return declarations.inForce().clusters().keySet().stream().sorted().toList();
    }

    Clusters configured() {
        return clusters;
    }

    Exchanges exchanges() {
        return exchanges;
    }

    /** Not while it starts, and has better things to do; whoever leaves before that is loaded then. */
    private void loadInAWhile(Bundle bundle) {
        if (loaded.isToBePlanned(bundle)) {
            threads.timer()
                    .schedule(
                            () -> threads.background().execute(() -> loaded.load(bundle)),
                            LOAD_AFTER.toMillis(),
                            TimeUnit.MILLISECONDS);
        }
    }

    /** Loads all classes of that bundle, so that using it costs the callers less. Blocks for some tenths of a second. */
    void load(Bundle bundle) {
        loaded.load(bundle);
    }

    /** Lets what that bundle offers serve in a slot until another is chosen or it leaves; null: as they are ranked. */
    void choose(Slot<?> slot, @Nullable Bundle bundle, String cause) {
        exchanges.announce(slot, cause);
        slot.choose(bundle);
        reconcile();
        exchanges.announced(slot);
        monitoring.use(monitors);
    }

    private List<Lane> lanes() {
        return managers().stream().flatMap(manager -> manager.lanes().stream()).toList();
    }

    /** The part of a slot that serves, or is to; null: there is none. */
    private @Nullable Part<?> best(Slot<?> slot) {
        return slot == drivers
                ? drivers.best(part -> declarations.inForce().clusters().values().stream()
                                .anyMatch(cluster -> offers(part, cluster.driverClass())))
                        .orElse(null)
                : slot.best().orElse(null);
    }

    private void noticeExchanges() {
        slots().forEach(slot -> exchanges.notice(slot, () -> best(slot)));
    }

    List<Slot<?>> slots() {
        return List.of(pools, drivers, clusters.watchers(), clusters.caches(), monitors);
    }

    /** Since when the best part of a slot besides pool and driver serves; null while none does. */
    @Nullable
    Instant since(Slot<?> slot) {
        return slot == monitors ? monitoring.since() : clusters.since(slot);
    }

    /** Holds settings, parts and managers against each other; what is missing is made, what changed is told. */
    private void reconcile() {
        if (closed) {
            return;
        }
        certificates.readNew(declarations.inForce().tls());
        noticeExchanges();
        List<Exchange> noticed = exchanges.noticed();
        clusters.reconcile(declarations.inForce());
        // What a failover needs for the first time is read from a jar, class by class, while callers wait.
        loadInAWhile(context.getBundle());
        clusters.watchers().best().ifPresent(part -> loadInAWhile(part.bundle()));
        List<Registered> created = new ArrayList<>();
        List<Registered> gone = new ArrayList<>();
        List<ManagerKey> changed = new ArrayList<>();
        synchronized (this) {
            Map<ManagerKey, ModeSettings> complete =
                    closed ? Map.of() : declarations.inForce().complete();
            for (ManagerKey key : List.copyOf(managers.keySet())) {
                if (!complete.containsKey(key)) {
                    gone.add(managers.remove(key));
                }
            }
            if (context.getBundle(0).getState() != Bundle.STOPPING) {
                complete.values().forEach(mode -> reconcile(mode, created, changed));
            }
        }
        exchanges.asked(noticed);
        if (!changed.isEmpty()) {
            exchanges.noticeSettings(
                    pools, changed.stream().map(Object::toString).collect(Collectors.joining(", ")));
        }
        created.forEach(registered -> registered.register(context));
        threads.inParallel(gone.stream().map(registered -> registered::close));
    }

    private ClusterTopology topology(ClusterSettings settings, Credentials credentials) {
        return new ClusterTopology(
                settings,
                new ClusterAccess(
                        settings,
                        credentials,
                        () -> connector(settings),
                        node -> silence(settings.name(), node),
                        settings.patroni().isEmpty() ? null : patroni.exchange(settings.name())),
                new ClusterNodes(settings, credentials, () -> connector(settings), threads),
                System::nanoTime,
                () -> threads.background().execute(this::routeChanged),
                () -> threads.background().execute(() -> commitsLost(settings.name())));
    }

    /** What is loaded after the drop comes from the new primary; what is being loaded from the old one is not kept. */
    private void commitsLost(String name) {
        try {
            reconcile();
        } finally {
            Cluster cluster = clusters.named(name);
            if (cluster != null) {
                cluster.caches().invalidateAll("commits of the last primary may be lost, and may have been cached");
            }
        }
    }

    /** Who takes the writes is another one, or nobody: then Patroni may know of other nodes, too. */
    private void routeChanged() {
        for (String name : clusters()) {
            Cluster cluster = clusters.named(name);
            if (cluster != null) {
                routes.routed(name, cluster.topology().route());
            }
        }
        reconcile();
        patroni.askSoon();
    }

    /** See {@link io.ucm.spi.WatchedCluster#silence}. */
    private Optional<Duration> silence(String cluster, String node) {
        long now = System.nanoTime();
        return managers().stream()
                .filter(manager -> manager.key().cluster().equals(cluster))
                .flatMap(manager -> manager.lanes().stream())
                .flatMap(lane -> lane.generations().open().silence(node, now).stream())
                .min(Comparator.naturalOrder());
    }

    private void reconcile(ModeSettings mode, List<Registered> created, List<ManagerKey> changed) {
        Cluster there = clusters.named(mode.key().cluster());
        if (there == null) {
            return;
        }
        ClusterSettings cluster = there.topology().cluster();
        Registered registered = managers.get(mode.key());
        if (registered == null) {
            registered = new Registered(new Manager(mode, threads, there));
            managers.put(mode.key(), registered);
            created.add(registered);
        }
        Manager manager = registered.manager();
        manager.changeSettings(mode);
        TlsState tls = certificates.state(cluster.tls().with(mode.certificate()));
        manager.generations().heldBack(tls.stale());
        NodeAddress primary = cluster.primary();
        Optional<Part<ConnectionPoolFactory>> pool = pools.best();
        Optional<Part<DataSourceFactory>> driver = drivers.best(part -> offers(part, cluster.driverClass()));
        if (pool.isEmpty()) {
            manager.wantNothing("no connection pool is installed: the slot 'pool' is empty");
        } else if (driver.isEmpty()) {
            manager.wantNothing("no DataSourceFactory with osgi.jdbc.driver.class=" + cluster.driverClass()
                    + "; there are: " + drivers.all());
        } else if (tls.inForce() == null) {
            manager.wantNothing(String.valueOf(tls.problem()));
        } else if (primary == null) {
            manager.wantNothing(members.whyNone(cluster.name()));
        } else {
            loadInAWhile(pool.get().bundle());
            loadInAWhile(driver.get().bundle());
            Blueprint blueprint = new Blueprint(
                    pool.get(),
                    driver.get(),
                    cluster.ofPools(),
                    mode.session(),
                    manager.credentials(),
                    primary,
                    tls.inForce(),
                    there.turns());
            if (manager.generations().differsInSettings(blueprint)) {
                changed.add(mode.key());
            }
            manager.want(blueprint, there.topology().route());
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
    private void leave(@Nullable Part<?> part) {
        if (part == null) {
            return;
        }
        if (lanes().stream().anyMatch(lane -> lane.generations().isUsing(part.reference()))) {
            loaded.load(part.bundle());
        }
        reconcile();
        threads.inParallel(managers().stream()
                .flatMap(manager -> manager.lanes().stream())
                .map(lane -> () -> lane.generations().leave(part.reference())));
    }
}
