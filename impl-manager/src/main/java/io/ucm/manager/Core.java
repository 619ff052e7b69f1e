// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.spi.ConnectionPoolFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
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

    /** Settings, and the component that they came from. */
    private record Defined<S>(Object owner, S settings) {}

    /** How long a bundle that leaves is held until its connections are back. */
    private static final Duration HOLD = Duration.ofSeconds(1);

    private final BundleContext context;
    private final Threads threads = new Threads();
    private final Slot<ConnectionPoolFactory> pools = new Slot<>("pool");
    private final Slot<DataSourceFactory> drivers = new Slot<>("driver");
    private final Map<String, Defined<ClusterSettings>> clusters = new HashMap<>();
    private final Map<ManagerKey, Defined<ModeSettings>> modes = new HashMap<>();
    private final Map<String, ClusterNodes> nodes = new HashMap<>();
    private final Map<ManagerKey, Registered> managers = new HashMap<>();
    private final Certificates certificates;
    private final CertificateWatch watch;

    @Activate
    public Core(BundleContext context) {
        this.context = context;
        this.certificates = new Certificates(context.getDataFile("tls").toPath());
        this.watch = new CertificateWatch(threads, certificates, this::tlsNamed, this::tlsInUse, this::wake);
    }

    @Deactivate
    void deactivate() {
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
        wake();
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
        wake();
    }

    void unbindDriver(ServiceReference<DataSourceFactory> reference) {
        drivers.remove(reference);
        leave(reference);
    }

    void define(Object owner, ClusterSettings cluster) {
        certificates.readNew(Set.of(cluster.tls()));
        synchronized (this) {
            put(clusters, cluster.name(), owner, cluster, "io.ucm.cluster: the cluster '%s'");
            ClusterNodes before =
                    nodes.put(cluster.name(), new ClusterNodes(cluster, () -> connector(cluster), threads));
            if (before != null) {
                before.close();
            }
        }
        wake();
    }

    void define(Object owner, ModeSettings mode) {
        synchronized (this) {
            put(modes, mode.key(), owner, mode, "io.ucm.mode: '%s'");
        }
        wake();
    }

    void forgetCluster(Object owner, String name) {
        List<Registered> gone = new ArrayList<>();
        synchronized (this) {
            if (!remove(clusters, name, owner)) {
                return;
            }
            nodes.remove(name).close();
            for (ManagerKey key : List.copyOf(managers.keySet())) {
                if (key.cluster().equals(name)) {
                    gone.add(managers.remove(key));
                }
            }
        }
        inParallel(gone.stream().<Runnable>map(registered -> registered::close).toList());
    }

    void forgetMode(Object owner, ManagerKey key) {
        Registered gone;
        synchronized (this) {
            gone = remove(modes, key, owner) ? managers.remove(key) : null;
        }
        if (gone != null) {
            gone.close();
        }
    }

    /** All managers, by cluster and mode. */
    synchronized List<Manager> managers() {
        return managers.values().stream()
                .map(Registered::manager)
                .sorted(Comparator.comparing(manager -> manager.key().toString()))
                .toList();
    }

    /** The names of the configured clusters, sorted. */
    synchronized List<String> clusters() {
        return clusters.keySet().stream().sorted().toList();
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

    private static <K, S> void put(Map<K, Defined<S>> map, K key, Object owner, S settings, String what) {
        Defined<S> there = map.get(key);
        if (there != null && there.owner() != owner) {
            throw new IllegalArgumentException(what.formatted(key) + " is configured twice; the first one stays");
        }
        map.put(key, new Defined<>(owner, settings));
    }

    private static <K, S> boolean remove(Map<K, Defined<S>> map, K key, Object owner) {
        Defined<S> there = map.get(key);
        return there != null && there.owner() == owner && map.remove(key) != null;
    }

    /** Holds settings, parts and managers against each other; what is missing is made, what changed is told. */
    private void wake() {
        certificates.readNew(tlsNamed());
        List<Registered> created = new ArrayList<>();
        synchronized (this) {
            if (context.getBundle(0).getState() == Bundle.STOPPING) {
                return;
            }
            for (Defined<ModeSettings> mode : modes.values()) {
                Defined<ClusterSettings> cluster =
                        clusters.get(mode.settings().key().cluster());
                if (cluster != null) {
                    wake(cluster.settings(), mode.settings(), created);
                }
            }
        }
        created.forEach(registered -> registered.register(context));
    }

    private void wake(ClusterSettings cluster, ModeSettings mode, List<Registered> created) {
        Registered registered = managers.get(mode.key());
        if (registered == null) {
            registered = new Registered(
                    new Manager(mode.key(), mode.profile(), threads, HOLD, () -> lastNodes(cluster.name())));
            managers.put(mode.key(), registered);
            created.add(registered);
        }
        Manager manager = registered.manager();
        manager.changeProfile(mode.profile());
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

    /** The certificates that the configuration names. */
    private synchronized Set<TlsSettings> tlsNamed() {
        Set<TlsSettings> named = new HashSet<>();
        clusters.values().forEach(cluster -> named.add(cluster.settings().tls()));
        for (Defined<ModeSettings> mode : modes.values()) {
            Defined<ClusterSettings> cluster =
                    clusters.get(mode.settings().key().cluster());
            if (cluster != null) {
                named.add(cluster.settings().tls().with(mode.settings().certificate()));
            }
        }
        return named;
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
        wake();
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
