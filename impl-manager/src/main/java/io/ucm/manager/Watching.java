// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Role;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.jdbc.DataSourceFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One part in the slot {@code ha} at work on one cluster, with one driver. It begins amid the load of the exchange that brought
 * it, so for its first seconds it is not believed about a node that has not answered it once. What it has heard is guarded by
 * whoever asks; the rest is thread-safe.
 */
final class Watching {

    private static final Logger LOG = LoggerFactory.getLogger(Watching.class);

    private static final Duration BEGINNING = Duration.ofSeconds(5);

    private final ClusterAccess access;
    private final Part<TopologyWatcher> part;
    private final DataSourceFactory driver;
    private final LongSupplier ticker;
    private final Instant since = Instant.now();
    private final long began;
    private volatile @Nullable TopologyWatch watch;

    /** The nodes that have answered it. */
    private final Set<String> heard = new HashSet<>();

    /** @param ticker as {@link System#nanoTime} */
    Watching(ClusterAccess access, Part<TopologyWatcher> part, DataSourceFactory driver, LongSupplier ticker) {
        this.access = access;
        this.part = part;
        this.driver = driver;
        this.ticker = ticker;
        this.began = ticker.getAsLong();
    }

    /** Whether that is the same part with the same driver. */
    boolean is(Watching other) {
        return part.reference().equals(other.part.reference()) && driver == other.driver;
    }

    /** @param listener told of each topology, in the part's own thread */
    void start(Consumer<Topology> listener) {
        try {
            watch = part.service().watch(access, listener);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("cluster '{}' can't be watched by {}", access.name(), part, e);
        }
    }

    /** Blocks up to 2 s. */
    void stop() {
        TopologyWatch started = watch;
        if (started != null) {
            try {
                started.close();
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("cluster '{}': {} did not stop watching", access.name(), part, e);
            }
        }
    }

    /** Null before it has begun, and where it could not. */
    @Nullable
    TopologyWatch watch() {
        return watch;
    }

    Instant since() {
        return since;
    }

    /** Takes note of the nodes that have answered. */
    void hear(Topology topology) {
        topology.nodes().stream()
                .map(NodeStatus::node)
                .filter(node -> node.role() != Role.UNKNOWN)
                .forEach(node -> heard.add(node.id()));
    }

    /**
     * Whether it finds no primary only because it has not heard of the last one yet.
     *
     * @param known what the last topology belonged to; null: that is not known
     */
    boolean misses(NodeAddress primary, @Nullable Epoch known, Topology topology) {
        return isBeginning() && heard.isEmpty()
                || topology.primary() == null
                        && topology.nodes().stream().noneMatch(status -> hasTakenOver(status, primary, known))
                        && topology.node(primary.id())
                                .filter(this::isNotHeardYet)
                                .isPresent();
    }

    /** Whether it takes writes, accepted or not, or follows somebody who was promoted. */
    private static boolean hasTakenOver(NodeStatus status, NodeAddress from, @Nullable Epoch known) {
        Integer timeline = status.timeline();
        return !status.node().id().equals(from.id())
                && (status.node().role() == Role.PRIMARY
                        || timeline != null && known != null && timeline > known.timeline());
    }

    /** Whether it is silent, and has not answered once: that may tell of the exchange's own load, and of nothing else. */
    boolean isNotHeardYet(NodeStatus status) {
        return status.silent() && !heard.contains(status.node().id()) && isBeginning();
    }

    private boolean isBeginning() {
        return ticker.getAsLong() - began < BEGINNING.toNanos();
    }
}
