// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.Role;
import io.ucm.spi.CallBreaker;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches one cluster: looks at all its nodes at the same time, judges after each look, and publishes what came of it. One
 * thread, the coordinator's, owns the fields and calls the listener; a newer history is on the disk before the listener
 * hears of it.
 */
final class ClusterWatch implements TopologyWatch {

    private static final Duration END_LIMIT = Duration.ofSeconds(2);

    private final WatchedCluster cluster;
    private final HaSettings settings;
    private final Memory memory;
    private final Judge judge;
    private final Consumer<ClusterWatch> onClose;
    private final WatchThreads threads;
    private final Promoter promoter;
    private final LeftBehind leftBehind;
    private final CallBreakers calls;
    private final Map<String, NodeWatch> nodes = new LinkedHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Publisher publisher;
    private final Rhythm rhythm;

    private Standing standing = Standing.first(null);
    private @Nullable Remembered stored;
    /** Why nobody may be accepted: what was remembered can't be read. */
    private @Nullable String forgotten;

    private @Nullable Future<?> nextRound;
    /** While roles are exchanged by plan; else null. */
    private @Nullable Hold hold;

    /** @param onClose hears of the first close */
    ClusterWatch(
            WatchedCluster cluster,
            HaSettings settings,
            Memory memory,
            Consumer<Topology> listener,
            Consumer<ClusterWatch> onClose) {
        this.cluster = cluster;
        this.settings = settings;
        this.memory = memory;
        this.judge = new Judge(cluster.name(), cluster.configuredPrimary(), settings);
        this.onClose = onClose;
        this.rhythm = new Rhythm(settings, System::nanoTime);
        this.threads = new WatchThreads(cluster.name());
        this.calls = new CallBreakers(cluster.name(), settings, System::nanoTime);
        this.promoter = new Promoter(cluster, settings, memory, threads, this::round);
        this.leftBehind = new LeftBehind(cluster, settings, threads, this::lookAtAll);
        cluster.nodes()
                .forEach(address -> nodes.put(
                        address.id(),
                        new NodeWatch(cluster, address, settings, threads, this::judge, () -> looked(address.id()))));
        this.publisher = new Publisher(cluster, topology -> {
            if (!closed.get()) {
                listener.accept(topology);
            }
        });
    }

    /** Begins to watch. Does not block. */
    void start() {
        threads.coordinate(() -> {
            remember();
            round();
        });
    }

    String cluster() {
        return cluster.name();
    }

    /** The last that was published; null before the first. */
    @Nullable
    Topology topology() {
        return publisher.last();
    }

    /** Whether there is no primary because there are several: that ends by a person's hand only. */
    boolean hasTwins() {
        return publisher.alarmed();
    }

    /** Whether reads may go there, as was published last. */
    boolean isReadable(String node) {
        Topology topology = publisher.last();
        return topology != null && topology.node(node).map(NodeStatus::readable).orElse(false);
    }

    /** The last that was published, waiting for the first one up to a limit. */
    @Nullable
    Topology awaitTopology(Duration limit) {
        return publisher.await(limit);
    }

    Map<String, NodeBreaker> breakers() {
        Map<String, NodeBreaker> breakers = new LinkedHashMap<>();
        nodes.forEach((id, node) -> breakers.put(id, node.breaker()));
        return breakers;
    }

    /** The cluster that is watched, and the way to its nodes. */
    WatchedCluster watched() {
        return cluster;
    }

    /** Sessions with all replicas, for whoever changes who is the primary. */
    HeldReplicas replicas(Duration connecting, Duration idle) {
        return new HeldReplicas(cluster, connecting, idle, threads);
    }

    /** What is remembered of it is remembered with the rest of this cluster. */
    Succession succession(HeldReplicas held) {
        return new Succession(memory, held);
    }

    /** Names nobody but the target as the primary, until it is, or {@link #unpark}. Any thread. */
    void park(Hold begun) {
        threads.coordinate(() -> {
            hold = begun;
            judge();
        });
    }

    /** Goes by what the nodes say again, and asks them. Any thread; nothing where that hold has ended. */
    void unpark(Hold over) {
        threads.coordinate(() -> {
            if (hold == over) {
                hold = null;
                promoter.remember();
                judge();
                lookAtAll();
            }
        });
    }

    /** That node was started anew by plan: its failures do not count any more. Any thread. */
    void restarted(String node) {
        threads.coordinate(() -> {
            nodes.get(node).breaker().reset();
            nodes.get(node).lookAfresh();
        });
    }

    /** Asks all nodes now. Any thread. */
    void look() {
        threads.coordinate(this::lookAtAll);
    }

    private void lookAtAll() {
        nodes.values().forEach(NodeWatch::lookAfresh);
    }

    /** The breakers of the calls to its nodes, by name. */
    Map<String, ModeBreaker> callBreakers() {
        return calls.byName();
    }

    /** Of a node that is not watched: none. */
    @Override
    public @Nullable CallBreaker breaker(String node, Role role, String mode, String basedOn) {
        return nodes.containsKey(node) ? calls.of(node, role, mode, basedOn) : null;
    }

    /** Of a node that is not watched: ignored. */
    @Override
    public void failed(String node, SQLException failure) {
        NodeWatch watch = nodes.get(node);
        if (watch != null) {
            watch.report(failure);
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            onClose.accept(this);
        }
        threads.close(
                () -> {
                    promoter.release();
                    leftBehind.release();
                    nodes.values().forEach(NodeWatch::release);
                },
                END_LIMIT);
        promoter.close();
    }

    /** Makes another node the primary now, where nothing is against it or it is forced. */
    CompletableFuture<FailoverReport> promote(boolean forced) {
        return promoter.promote(forced);
    }

    /** Ends a promotion, and undoes what it has changed. */
    CompletableFuture<FailoverReport> abort() {
        return promoter.abort();
    }

    private void remember() {
        try {
            stored = memory.load();
            standing = Standing.first(stored);
            promoter.remember();
            forgotten = null;
        } catch (IOException e) {
            forgotten = e.getMessage();
            publisher.complain(forgotten);
        }
    }

    private void round() {
        if (forgotten != null) {
            remember();
        }
        planRound();
        nodes.values().forEach(NodeWatch::look);
    }

    private void planRound() {
        if (nextRound != null) {
            nextRound.cancel(false);
        }
        nextRound = threads.later(rhythm.next(standing.primary() != null), this::round);
    }

    private void looked(String node) {
        publisher.looked(node);
        calls.looked(nodes.get(node).seen());
        judge();
    }

    private void judge() {
        List<Seen> seen = nodes.values().stream().map(NodeWatch::seen).toList();
        Judgement judged = remembered(judge.judge(seen, standing, hold, forgotten, Instant.now()), seen);
        // A switchover names the next primary itself.
        Judgement judgement = hold == null ? leftBehind.judged(promoter.judged(judged, seen), seen) : judged;
        boolean lost = standing.primary() != null && judgement.standing().primary() == null;
        standing = judgement.standing();
        calls.primaryIs(standing.primary());
        if (lost && hold == null && promoter.promotes()) {
            threads.coordinate(this::round);
        } else if (lost) {
            planRound();
        }
        publisher.publish(calls.shownIn(judgement.topology()), judgement.twins(), hold != null);
        tellHold(judgement.topology().primary());
    }

    private void tellHold(@Nullable String primary) {
        if (hold != null && primary == null) {
            hold.isParked();
        } else if (hold != null) {
            hold.isAccepted();
            hold = null;
        }
    }

    /** The judgement, once what it accepts is on the disk; else one that accepts nobody. */
    private Judgement remembered(Judgement judgement, List<Seen> seen) {
        Remembered remembered = judgement.standing().remembered();
        if (remembered == null || !remembered.primaryAccepted() || remembered.equals(stored)) {
            return judgement;
        }
        try {
            memory.store(remembered);
            stored = remembered;
            return judgement;
        } catch (IOException e) {
            return judge.judge(
                    seen, standing, hold, e.getMessage(), judgement.topology().at());
        }
    }
}
