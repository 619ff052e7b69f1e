// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.Promotion;
import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a lost primary is replaced, and has it done by a thread of its own, one attempt at a time. The coordinator
 * calls it and owns the fields, except where said.
 */
final class Promoter {

    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);
    /** So long the locks outlive a process that stands still. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(3);

    private final WatchedCluster cluster;
    private final HaSettings settings;
    private final Memory memory;
    private final WatchThreads threads;
    private final Runnable done;
    private final Watched watched;

    private List<Seen> seen = List.of();
    private Standing standing = Standing.first(null);
    private @Nullable Pledge pledge;
    /** Why it is not known what earlier attempts left; null: it is. */
    private @Nullable String unreadable;
    /** What the last attempt came to; null: it succeeded, or there was none since the primary was there. */
    private @Nullable String failure;

    private @Nullable String refused;
    private long refusedSince;
    private @Nullable String complained;
    private long tried;
    private boolean aborted;
    private boolean undoing;
    private @Nullable Order order;
    /** What was asked for while an attempt of its own was under way. */
    private @Nullable Runnable next;

    /** Who waits for the attempt; read by who closes. */
    private volatile @Nullable CompletableFuture<FailoverReport> asked;

    /** Read by who closes. */
    private volatile @Nullable Failover running;
    /** Read by the attempt. */
    private volatile boolean primaryIsBack;

    /** @param done is run after an attempt that changed something */
    Promoter(WatchedCluster cluster, HaSettings settings, Memory memory, WatchThreads threads, Runnable done) {
        this.cluster = cluster;
        this.settings = settings;
        this.memory = memory;
        this.threads = threads;
        this.done = done;
        this.watched = new Watched(cluster.name());
        this.tried = System.nanoTime() - settings.urgentInterval().toNanos();
    }

    /** Reads what earlier attempts left; while that can't be read, nobody is promoted. */
    void remember() {
        try {
            pledge = promotes() ? memory.loadPledge() : null;
            unreadable = null;
        } catch (IOException e) {
            unreadable = e.getMessage();
        }
    }

    boolean promotes() {
        return cluster.failoverPolicy() == FailoverPolicy.PROMOTE;
    }

    /** The judgement, with whether anybody is promoted; begins to when the primary is lost and nothing is against it. */
    Judgement judged(Judgement judgement, List<Seen> nodes) {
        if (!promotes()) {
            return judgement;
        }
        seen = nodes;
        standing = judgement.standing();
        primaryIsBack = order != null && node(order.primary()).up();
        if (unreadable != null) {
            remember();
        }
        if (standing.primary() != null) {
            watched.observe(node(standing.primary()), nodes);
            failure = null;
            refused = null;
            complained = null;
            aborted &= order != null;
            return judgement.promoting(
                    unreadable == null ? watched.arming().promotion() : Promotion.disarmed(unreadable));
        }
        observeWhoIsNotAccepted();
        Evidence evidence = evidence();
        String why = against(evidence);
        if (why == null
                && order == null
                && System.nanoTime() - tried >= settings.urgentInterval().toNanos()) {
            begin(new Order(evidence.primary(), standing.remembered(), evidence, pledge(), false), false);
        }
        String told = why == null ? failure : why;
        complain(told);
        Promotion promotion = told == null ? Promotion.ARMED : Promotion.disarmed(told);
        return told != null && told.equals(complained)
                ? judgement.promotingNobody(promotion)
                : judgement.promoting(promotion);
    }

    /** A primary that lives and has lost its standbys is no longer what it was when it was armed. */
    private void observeWhoIsNotAccepted() {
        Remembered known = standing.remembered();
        if (order == null
                && known != null
                && watched.any()
                && Obstacle.promoted(seen, watched.primary(), known) == null) {
            Seen last = node(watched.primary());
            if (Obstacle.isLive(last, known)) {
                watched.observe(last, seen);
            }
        }
    }

    /** What was seen of the primary that is lost, or who began before left; null: nothing that proves anything. */
    private @Nullable Evidence evidence() {
        Remembered known = standing.remembered();
        if (known == null) {
            return null;
        }
        Evidence own = watched.arming().evidence();
        if (watched.any()) {
            return own != null && own.isFor(known) ? own : null;
        }
        Pledge begun = pledge();
        return begun == null ? null : begun.evidence(Instant.now());
    }

    private @Nullable Pledge pledge() {
        Remembered known = standing.remembered();
        return pledge != null && known != null && pledge.isFor(known) ? pledge : null;
    }

    private @Nullable String against(@Nullable Evidence evidence) {
        if (unreadable != null) {
            return unreadable;
        }
        if (evidence == null) {
            return watched.arming().armed()
                    ? "what was seen of it is of another history"
                    : watched.arming().why();
        }
        if (aborted) {
            return "ucm:failover --abort ended the promotion; ucm:failover begins it again";
        }
        return Obstacle.find(seen, evidence, standing.remembered());
    }

    /** Once for each reason, when it has stood for a while: just after the loss, what was told before it is told again. */
    private void complain(@Nullable String why) {
        if (why == null || !why.equals(refused)) {
            refused = why;
            refusedSince = System.nanoTime();
        } else if (!why.equals(complained)
                && System.nanoTime() - refusedSince
                        >= 2 * settings.urgentInterval().toNanos()) {
            complained = why;
            LOG.warn("cluster '{}': nobody is promoted: {}", cluster.name(), why);
        }
    }

    /** Promotes now. Any thread. */
    CompletableFuture<FailoverReport> promote(boolean forced) {
        CompletableFuture<FailoverReport> report = new CompletableFuture<>();
        threads.coordinate(() -> promote(report, forced));
        return report;
    }

    private void promote(CompletableFuture<FailoverReport> report, boolean forced) {
        if (order != null && asked == null && next == null) {
            next = () -> promote(report, forced);
            return;
        }
        answer(report, () -> {
            refuseWhile(order != null, "another ucm:failover is under way");
            String primary = standing.primary();
            refuseWhile(primary != null, primary + " is the primary, and answers");
            aborted = false;
            Evidence evidence = evidence();
            if (!forced) {
                refuseFor(against(evidence));
            }
            String lost = evidence == null ? lost() : evidence.primary();
            refuseWhile(
                    Obstacle.isLive(node(lost), standing.remembered()),
                    node(lost).address() + ": is a primary that can be reached");
            asked = report;
            begin(new Order(lost, standing.remembered(), evidence, pledge(), forced), false);
        });
    }

    /** Ends an attempt, and lets the replicas follow the lost primary again. Any thread. */
    CompletableFuture<FailoverReport> abort() {
        CompletableFuture<FailoverReport> report = new CompletableFuture<>();
        threads.coordinate(() -> answer(report, () -> {
            refuseWhile(undoing || asked != null, "another ucm:failover is under way");
            asked = report;
            aborted = true;
            if (order == null) {
                undo();
            } else {
                release();
            }
        }));
        return report;
    }

    private void undo() {
        try {
            String primary = standing.primary() == null ? lost() : standing.primary();
            begin(new Order(primary, standing.remembered(), null, pledge(), false), true);
        } catch (Refusal e) {
            asked.completeExceptionally(e);
            asked = null;
        }
    }

    @FunctionalInterface
    private interface Decision {
        void take() throws Refusal;
    }

    private void answer(CompletableFuture<FailoverReport> report, Decision decision) {
        try {
            refuseWhile(
                    !promotes(),
                    "failover.policy of cluster '%s' is FOLLOW: whoever promotes there decides"
                            .formatted(cluster.name()));
            refuseWhile(seen.isEmpty(), "the nodes have not been asked yet");
            refuseFor(unreadable);
            decision.take();
        } catch (Refusal e) {
            report.completeExceptionally(e);
        }
    }

    private static void refuseFor(@Nullable String why) throws Refusal {
        if (why != null) {
            throw new Refusal(why);
        }
    }

    private static void refuseWhile(boolean condition, String why) throws Refusal {
        refuseFor(condition ? why : null);
    }

    /** Which node was the primary, as far as that can be told. */
    private String lost() throws Refusal {
        if (watched.primary() != null) {
            return watched.primary();
        }
        Pledge begun = pledge();
        if (begun != null) {
            return begun.primary();
        }
        if (!isReplica(node(cluster.configuredPrimary()))) {
            return cluster.configuredPrimary();
        }
        return seen.stream()
                .filter(node -> !isReplica(node))
                .findFirst()
                .map(Seen::id)
                .orElseThrow(
                        () -> new Refusal("all nodes are replicas, and which of them was the primary is not known"));
    }

    private static boolean isReplica(Seen node) {
        return node.up() && !node.claimsPrimary();
    }

    private Seen node(String id) {
        return seen.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    private void begin(Order begun, boolean undo) {
        order = begun;
        undoing = undo;
        tried = System.nanoTime();
        primaryIsBack = node(begun.primary()).up();
        HeldReplicas held = new HeldReplicas(cluster, settings.timeout(), IDLE_LIMIT, threads);
        Failover failover = new Failover(cluster, begun, memory, () -> primaryIsBack, held);
        running = failover;
        long from = System.nanoTime();
        threads.ask(() -> {
            FailoverReport report = null;
            Exception problem = null;
            try (failover) {
                Outcome outcome = undo ? failover.undo() : failover.promote();
                Duration elapsed = Duration.ofNanos(System.nanoTime() - from);
                report = undo
                        ? FailoverReport.undone(cluster.name(), begun, outcome, elapsed)
                        : FailoverReport.promoted(cluster.name(), begun, outcome, elapsed);
            } catch (Refusal | SQLException | IOException | InterruptedException | RuntimeException e) {
                problem = e;
            }
            Pledge left = left();
            FailoverReport told = report;
            Exception why = problem;
            threads.coordinate(() -> ended(begun, told, why, left));
        });
    }

    private @Nullable Pledge left() {
        try {
            return memory.loadPledge();
        } catch (IOException e) {
            LOG.error("cluster '{}': {}", cluster.name(), e.getMessage());
            return pledge;
        }
    }

    private void ended(
            Order ended, @Nullable FailoverReport report, @Nullable Exception problem, @Nullable Pledge left) {
        order = null;
        running = null;
        pledge = left;
        tried = System.nanoTime();
        boolean wasUndoing = undoing;
        undoing = false;
        if (aborted && !wasUndoing && asked != null) {
            undo();
            return;
        }
        if (report != null) {
            failure = null;
            LOG.info(
                    "cluster '{}': {}: {} after the loss of {}, in {} ms",
                    cluster.name(),
                    report.action(),
                    address(report.primary()),
                    address(ended.primary()),
                    report.elapsedMs());
            report.possibleLoss().forEach(loss -> LOG.warn("cluster '{}': possible loss: {}", cluster.name(), loss));
        } else if (!wasUndoing) {
            failure = problem instanceof InterruptedException ? "it was interrupted" : problem.getMessage();
            if (problem instanceof RuntimeException) {
                LOG.error("cluster '{}': promoting failed", cluster.name(), problem);
            }
        }
        if (asked != null) {
            if (report != null) {
                asked.complete(report);
            } else {
                asked.completeExceptionally(problem);
            }
            asked = null;
        }
        Runnable asking = next;
        next = null;
        if (asking != null) {
            asking.run();
        }
        done.run();
    }

    private NodeAddress address(String id) {
        return node(id).address();
    }

    /** Who waits for an attempt waits no longer. Any thread, after all others have ended. */
    void close() {
        CompletableFuture<FailoverReport> waiting = asked;
        if (waiting != null) {
            waiting.completeExceptionally(new Refusal("the watch was closed; the next one goes on"));
        }
    }

    /** Ends the attempt that is under way: its locks are let go of. Any thread. */
    void release() {
        Failover attempt = running;
        if (attempt != null) {
            attempt.close();
        }
    }
}
