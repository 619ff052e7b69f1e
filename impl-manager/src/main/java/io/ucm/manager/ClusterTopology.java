// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.api.Role;
import io.ucm.spi.Distance;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.jdbc.DataSourceFactory;

/**
 * Who is what in one cluster, as the part in the slot {@code ha} says. Thread-safe; only {@link #use} and {@link #close}
 * block.
 *
 * <p>Nobody watches while there is no driver to ask with. With such a part there is no primary before its first verdict: a
 * configuration can be older than a failover. When the part leaves, the last primary that it named stays in force, also
 * while the next one has had no answer from it, and replicas are not read, because nobody knows how far they are
 * behind. Where there never was one, or the cluster names no role that may ask, the configured primary serves.
 *
 * <p>Invariant: only the watch in {@code watching} changes {@code last}, which begins with what was inherited; they and
 * {@code route} change under the lock of this object. {@code changing} lets one exchange of the part follow the other.
 */
final class ClusterTopology implements AutoCloseable {

    private final ClusterSettings cluster;
    private final ClusterAccess access;
    private final ClusterNodes asked;
    private final LongSupplier ticker;
    private final Runnable changed;
    private final Runnable lost;
    private final Object changing = new Object();

    private volatile @Nullable Watching watching;
    private volatile @Nullable Topology last;
    private volatile @Nullable NodeAddress lastPrimary;
    private volatile Route route;

    /** What was a node once, and is none any more: nothing that was begun there may still be written. */
    private volatile Set<NodeAddress> left = Set.of();

    /** Guarded by {@code changing}, and so is {@code used}: whether the slot was ever looked at. */
    private boolean closed;

    private boolean used;

    /**
     * @param ticker as {@link System#nanoTime}
     * @param changed run, without blocking, when {@link #route} has another answer than before
     * @param lost the same, when what was read so far may have been lost with the primary before
     */
    ClusterTopology(
            ClusterSettings cluster,
            ClusterAccess access,
            ClusterNodes asked,
            LongSupplier ticker,
            Runnable changed,
            Runnable lost) {
        this.cluster = cluster;
        this.access = access;
        this.asked = asked;
        this.ticker = ticker;
        this.changed = changed;
        this.lost = lost;
        this.route = Route.none("the cluster '%s' was not looked at yet".formatted(cluster.name()));
    }

    ClusterSettings cluster() {
        return cluster;
    }

    Route route() {
        return route;
    }

    /** The nodes as last seen, in the order of the configuration. */
    List<Node> nodes() {
        Topology now = seen();
        return now == null
                ? asked.nodes()
                : now.nodes().stream().map(NodeStatus::node).toList();
    }

    /** The same, asked now where nobody watches: blocks up to 2 s for a node that is silent. */
    List<Node> refreshed() {
        return seen() == null ? asked.refreshed() : nodes();
    }

    /** What the part that watches said last; null where none does. */
    private @Nullable Topology seen() {
        return watching == null ? null : last;
    }

    /** A connection to that node failed. */
    void failed(NodeAddress node, SQLException failure) {
        TopologyWatch watch = watch();
        if (watch != null) {
            watch.failed(node.id(), failure);
        }
    }

    /** What the part that watches has for this cluster; null while none does. */
    @Nullable
    TopologyWatch watch() {
        Watching now = watching;
        return now == null ? null : now.watch();
    }

    /** Since when a part watches; null while none does. */
    @Nullable
    Instant since() {
        Watching now = watching;
        return now == null ? null : now.since();
    }

    /** What they are asked with has come. */
    void driverCame() {
        asked.askSoon();
    }

    /** Lets what the slot has watch from now on. Returns when the one before has stopped: blocks up to 2 s. */
    void use(Slot<TopologyWatcher> slot) {
        synchronized (changing) {
            DataSourceFactory driver = closed ? null : access.driver();
            Part<TopologyWatcher> best = slot.best().orElse(null);
            boolean nobody = best == null || driver == null || cluster.nodes().isEmpty();
            watchWith(nobody ? null : new Watching(access, best, driver, ticker));
        }
    }

    @Override
    public void close() {
        synchronized (changing) {
            closed = true;
            watchWith(null);
            asked.close();
        }
    }

    private void watchWith(@Nullable Watching next) {
        Watching before = watching;
        if (used && (before == null ? next == null : next != null && before.is(next))) {
            return;
        }
        used = true;
        synchronized (this) {
            watching = next;
            route = decided();
        }
        asked.pause(next != null);
        if (next != null) {
            next.start(topology -> learn(next, topology));
        }
        if (before != null) {
            before.stop();
        }
        changed.run();
    }

    /**
     * Goes on from what was known of a cluster before its settings changed: the nodes that stay serve what they served, and
     * where there was no primary there is none, until the first verdict of the next watch.
     */
    synchronized void inherit(ClusterTopology before) {
        NodeAddress known = before.lastPrimary;
        if (known != null && cluster.nodes().contains(known)) {
            lastPrimary = known;
        }
        left = Stream.concat(before.left.stream(), before.cluster.nodes().stream())
                .filter(node -> !cluster.nodes().contains(node))
                .collect(Collectors.toUnmodifiableSet());
        Route serving = before.route;
        if (serving.primary() == null || cluster.nodes().contains(serving.primary())) {
            route = new Route(
                    serving.primary(),
                    serving.why(),
                    serving.readable().stream()
                            .filter(cluster.nodes()::contains)
                            .toList());
            last = staying(before.seen());
        }
    }

    /** What was said of the nodes that are still there; null where the primary is not one of them. */
    private @Nullable Topology staying(@Nullable Topology said) {
        if (said == null) {
            return null;
        }
        List<NodeStatus> nodes = said.nodes().stream()
                .filter(status -> cluster.nodes().contains(address(status.node())))
                .toList();
        boolean primaryLeft = said.primary() != null
                && nodes.stream().noneMatch(status -> status.node().id().equals(said.primary()));
        return primaryLeft
                ? null
                : new Topology(
                        said.cluster(),
                        said.at(),
                        nodes,
                        said.epoch(),
                        said.primary(),
                        said.lossy(),
                        said.promotion(),
                        said.why());
    }

    private static NodeAddress address(Node node) {
        return new NodeAddress(node.id(), node.host(), node.port());
    }

    private void learn(Watching from, Topology topology) {
        boolean lossy;
        boolean rerouted;
        synchronized (this) {
            if (watching != from) {
                return;
            }
            from.hear(topology);
            if (lastPrimary != null && from.misses(lastPrimary, last == null ? null : last.epoch(), topology)) {
                return;
            }
            lossy = isLossy(last, topology);
            last = topology;
            address(topology.primary()).ifPresent(primary -> lastPrimary = primary);
            Route before = route;
            route = decided();
            rerouted = !route.equals(before);
        }
        if (lossy) {
            lost.run();
        }
        if (rerouted) {
            changed.run();
        }
    }

    /** Whether it is the first of a history that may lack what was read before. */
    private static boolean isLossy(@Nullable Topology before, Topology topology) {
        return topology.lossy()
                && !(before != null && before.lossy() && Objects.equals(before.epoch(), topology.epoch()));
    }

    private Route decided() {
        Topology now = last;
        NodeAddress known = lastPrimary;
        Watching asking = watching;
        if (asking == null) {
            NodeAddress serving = known == null ? cluster.primary() : known;
            return serving == null
                    ? Route.none("Patroni has not named the nodes of cluster '%s' yet".formatted(cluster.name()))
                    : Route.to(serving);
        }
        if (now == null) {
            return known == null
                    ? Route.none("the nodes of cluster '%s' are asked for the first time".formatted(cluster.name()))
                    : Route.to(known);
        }
        return new Route(
                address(now.primary()).orElse(null),
                now.primary() == null ? "cluster '%s' has no primary: %s".formatted(cluster.name(), now.why()) : null,
                nodes(now, status -> isRead(status) && !isPrimary(now, status)).toList(),
                nodes(now, status -> status.distance() == Distance.FAR).collect(Collectors.toSet()),
                now.primary() == null
                        ? nodes(
                                        now,
                                        status -> status.readable()
                                                && status.node().role() == Role.PRIMARY)
                                .findFirst()
                                .orElse(null)
                        : null,
                now.epoch(),
                nodes(now, status -> status.silent() && !asking.isNotHeardYet(status))
                        .collect(Collectors.toSet()),
                fenced(now));
    }

    private static boolean isRead(NodeStatus status) {
        return status.readable() && status.distance() != Distance.TOO_FAR;
    }

    private Set<NodeAddress> fenced(Topology now) {
        return now.primary() == null
                ? Set.of()
                : Stream.concat(left.stream(), nodes(now, status -> !isPrimary(now, status)))
                        .collect(Collectors.toSet());
    }

    private Stream<NodeAddress> nodes(Topology topology, Predicate<NodeStatus> which) {
        return topology.nodes().stream()
                .filter(which)
                .flatMap(status -> address(status.node().id()).stream());
    }

    private static boolean isPrimary(Topology topology, NodeStatus status) {
        return status.node().id().equals(topology.primary());
    }

    private Optional<NodeAddress> address(@Nullable String id) {
        return cluster.nodes().stream().filter(node -> node.id().equals(id)).findFirst();
    }
}
