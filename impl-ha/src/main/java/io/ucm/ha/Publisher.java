// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import io.ucm.spi.WatchedCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener and the log what changed in a cluster, and the listener once per round what did not; first when there
 * is a primary, or when each node was asked and there is none. The coordinator publishes and owns the fields, except where
 * said.
 */
final class Publisher {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final WatchedCluster cluster;
    private final Consumer<Topology> listener;
    private final CountDownLatch first = new CountDownLatch(1);
    /** The nodes whose looks have not ended since the last topology was published. */
    private final Set<String> due = new HashSet<>();

    /** Read by any thread. */
    private volatile @Nullable Topology last;

    /** The last that was seen of the last primary; null: there was none yet. */
    private @Nullable NodeStatus written;

    /** Whether several nodes take writes, as of the last one. Written before {@code last} is. */
    private volatile boolean alarmed;

    private @Nullable String complained;
    private boolean listenerFailed;

    Publisher(WatchedCluster cluster, Consumer<Topology> listener) {
        this.cluster = cluster;
        this.listener = listener;
        allAreDue();
    }

    private void allAreDue() {
        cluster.nodes().stream().map(NodeAddress::id).forEach(due::add);
    }

    /** Null before the first. Any thread. */
    @Nullable
    Topology last() {
        return last;
    }

    /** Whether there was no primary in it because there were several. Any thread. */
    boolean alarmed() {
        return alarmed;
    }

    /** The last one, waiting for the first up to a limit. Any thread. */
    @Nullable
    Topology await(Duration limit) {
        try {
            first.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return last;
    }

    /** A look at that node has ended. */
    void looked(String node) {
        due.remove(node);
    }

    /** Says once that nobody is accepted, whatever the nodes say. */
    void complain(String why) {
        if (!why.equals(complained)) {
            complained = why;
            LOG.error("cluster '{}': no primary: {}", cluster.name(), why);
        }
    }

    /**
     * @param twins whether there is no primary because there are several
     * @param planned whether it is by plan that there is no primary
     */
    void publish(Topology topology, boolean twins, boolean planned) {
        Topology before = last;
        if (before == null
                ? topology.primary() == null && !settled(topology)
                : !due.isEmpty() && lasting(before).equals(lasting(topology))) {
            return;
        }
        log(before, topology, twins, planned);
        last = topology;
        if (topology.primary() != null) {
            written = topology.node(topology.primary()).orElseThrow();
        }
        first.countDown();
        allAreDue();
        try {
            listener.accept(topology);
        } catch (RuntimeException | LinkageError e) {
            if (!listenerFailed) {
                listenerFailed = true;
                LOG.error("cluster '{}': the listener of the topology failed", cluster.name(), e);
            }
        }
    }

    /** Without what differs from look to look. */
    private static Topology lasting(Topology topology) {
        return new Topology(
                topology.cluster(),
                Instant.EPOCH,
                topology.nodes().stream().map(Publisher::lasting).toList(),
                topology.epoch(),
                topology.primary(),
                topology.lossy(),
                topology.promotion(),
                topology.why());
    }

    private static NodeStatus lasting(NodeStatus status) {
        Node node = status.node();
        return new NodeStatus(
                new Node(node.id(), node.host(), node.port(), node.role(), node.state(), null, node.reason()),
                status.readable(),
                status.distance(),
                status.silent(),
                status.timeline(),
                null,
                null,
                null,
                null,
                status.breaker());
    }

    private void log(@Nullable Topology before, Topology topology, boolean twins, boolean planned) {
        String primary = topology.primary();
        String why = topology.why();
        if (primary != null && (before == null || !primary.equals(before.primary()))) {
            int timeline = Objects.requireNonNull(topology.epoch()).timeline();
            LOG.info("cluster '{}': {} is the primary, on timeline {}", cluster.name(), address(primary), timeline);
            String loss = PossibleLoss.of(written, topology.epoch());
            if (loss != null) {
                LOG.warn("cluster '{}': {}", cluster.name(), loss);
            }
        } else if (twins && !alarmed) {
            LOG.error("cluster '{}': no primary: {}", cluster.name(), why);
        } else if (primary == null && planned) {
            if (!why.equals(complained)) {
                LOG.info("cluster '{}': no primary: {}", cluster.name(), why);
            }
        } else if (primary == null && !twins && settled(topology) && !why.equals(complained)) {
            LOG.warn("cluster '{}': no primary: {}", cluster.name(), why);
        }
        alarmed = twins;
        complained = settled(topology) ? why : null;
        topology.nodes().forEach(node -> log(node.node(), before));
    }

    /** Whether each node was asked: before that, nothing is wrong yet. */
    private static boolean settled(Topology topology) {
        return topology.nodes().stream().noneMatch(node -> node.node().state() == NodeState.UNKNOWN);
    }

    private void log(Node node, @Nullable Topology before) {
        NodeState last = before == null
                ? NodeState.UNKNOWN
                : before.node(node.id()).orElseThrow().node().state();
        if (node.state() == NodeState.DOWN && last != NodeState.DOWN) {
            LOG.warn("cluster '{}': {}", cluster.name(), node.reason());
        } else if (node.state() == NodeState.UP && last == NodeState.DOWN) {
            LOG.info("cluster '{}': {} is back", cluster.name(), address(node.id()));
        }
    }

    private NodeAddress address(String node) {
        return cluster.nodes().stream()
                .filter(address -> address.id().equals(node))
                .findFirst()
                .orElseThrow();
    }
}
