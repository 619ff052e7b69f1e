// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.ConnectionManager;
import io.ucm.api.Node;
import io.ucm.spi.ConnectionPoolFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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

    /** How long a bundle that leaves is held until its connections are back. */
    private static final Duration HOLD = Duration.ofSeconds(1);

    private final BundleContext context;
    private final Threads threads = new Threads();
    private final Slot<ConnectionPoolFactory> pools = new Slot<>("pool");
    private final Slot<DataSourceFactory> drivers = new Slot<>("driver");
    private final Declarations declarations = new Declarations();
    private final Map<String, ClusterNodes> nodes = new HashMap<>();
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
        synchronized (this) {
            all = List.copyOf(managers.values());
            managers.clear();
            nodes.values().forEach(ClusterNodes::close);
        }
        inParallel(all.stream().<Runnable>map(registered -> registered::close).toList());
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
            nodes.values().forEach(ClusterNodes::askSoon);
        }
        reconcile();
    }

    void unbindDriver(ServiceReference<DataSourceFactory> reference) {
        drivers.remove(reference);
        leave(reference);
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
    List<Node> askNodes(String cluster) {
        ClusterNodes asked;
        synchronized (this) {
            asked = nodes.get(cluster);
        }
        return asked == null ? List.of() : asked.refreshed();
    }

    List<Slot<?>> slots() {
        return List.of(pools, drivers);
    }

    /** Holds settings, parts and managers against each other; what is missing is made, what changed is told. */
    private void reconcile() {
        certificates.readNew(declarations.inForce().tls());
        List<Registered> created = new ArrayList<>();
        List<Registered> gone = new ArrayList<>();
        synchronized (this) {
            Declarations.InForce wanted = declarations.inForce();
            reconcileNodes(wanted.clusters());
            Map<ManagerKey, ModeSettings> complete = wanted.complete();
            for (ManagerKey key : List.copyOf(managers.keySet())) {
                if (!complete.containsKey(key)) {
                    gone.add(managers.remove(key));
                }
            }
            if (context.getBundle(0).getState() != Bundle.STOPPING) {
                complete.values().forEach(mode -> reconcile(wanted.cluster(mode), mode, created));
            }
        }
        created.forEach(registered -> registered.register(context));
        inParallel(gone.stream().<Runnable>map(registered -> registered::close).toList());
    }

    private void reconcileNodes(Map<String, ClusterSettings> wanted) {
        for (String name : List.copyOf(nodes.keySet())) {
            if (!nodes.get(name).cluster().equals(wanted.get(name))) {
                nodes.remove(name).close();
            }
        }
        wanted.forEach((name, cluster) ->
                nodes.computeIfAbsent(name, n -> new ClusterNodes(cluster, () -> connector(cluster), threads)));
    }

    private void reconcile(ClusterSettings cluster, ModeSettings mode, List<Registered> created) {
        Registered registered = managers.get(mode.key());
        if (registered == null) {
            registered = new Registered(new Manager(mode, threads, HOLD, () -> lastNodes(cluster.name())));
            managers.put(mode.key(), registered);
            created.add(registered);
        }
        Manager manager = registered.manager();
        manager.changeSettings(mode);
        TlsState tls = certificates.state(cluster.tls().with(mode.certificate()));
        manager.generations().heldBack(tls.stale());
        Optional<Part<ConnectionPoolFactory>> pool = pools.best(part -> true);
        Optional<Part<DataSourceFactory>> driver = drivers.best(part -> offers(part, cluster.driverClass()));
        if (pool.isEmpty()) {
            manager.generations().wantNothing("no connection pool is installed: the slot 'pool' is empty");
        } else if (driver.isEmpty()) {
            manager.generations()
                    .wantNothing("no DataSourceFactory with osgi.jdbc.driver.class=" + cluster.driverClass()
                            + "; there are: " + drivers.all());
        } else if (tls.inForce() == null) {
            manager.generations().wantNothing(String.valueOf(tls.problem()));
        } else {
            manager.generations().want(new Blueprint(pool.get(), driver.get(), cluster, mode, tls.inForce()));
        }
    }

    private synchronized Set<Tls> tlsInUse() {
        return managers.values().stream()
                .flatMap(registered -> registered.manager().generations().inUse().stream())
                .map(Blueprint::tls)
                .collect(Collectors.toSet());
    }

    private synchronized List<Node> lastNodes(String cluster) {
        ClusterNodes asked = nodes.get(cluster);
        return asked == null ? List.of() : asked.nodes();
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
        inParallel(managers().stream()
                .<Runnable>map(manager -> () -> manager.generations().leave(part))
                .toList());
    }

    private void inParallel(Collection<Runnable> tasks) {
        CompletableFuture.allOf(tasks.stream()
                        .map(task -> CompletableFuture.runAsync(task, threads.background()))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }
}
