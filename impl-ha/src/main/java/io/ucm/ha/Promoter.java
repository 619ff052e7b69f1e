// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.Promotion;
import io.ucm.spi.WatchedCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a lost primary is replaced, by itself or because it was asked to, and has it done, one attempt at a time. The
 * coordinator calls it and owns the fields, except where said.
 */
final class Promoter {

    private static final Logger LOG = LoggerFactory.getLogger(Promoter.class);

    /** What refuses for so short passes by itself: a replica that is about to notice that the primary is gone. */
    private static final Duration COMPLAIN_AFTER = Duration.ofMillis(100);

    private final WatchedCluster cluster;
    private final HaSettings settings;
    private final Memory memory;
    private final WatchThreads threads;
    private final Runnable done;
    private final Proof proof;
    private final Complaint complaint;
    private final Pace pace;

    /** What the last attempt came to; null: it succeeded, or there was none since the primary was there. */
    private @Nullable String failure;

    private boolean aborted;
    /** What was asked for while an attempt of its own was under way. */
    private @Nullable Runnable next;

    /** Who waits for the attempt; read by who closes. */
    private volatile @Nullable CompletableFuture<FailoverReport> asked;

    /** The one that is under way; read by who closes. */
    private volatile @Nullable Attempt attempt;

    /** @param done is run after each attempt */
    Promoter(WatchedCluster cluster, HaSettings settings, Memory memory, WatchThreads threads, Runnable done) {
        this.cluster = cluster;
        this.settings = settings;
        this.memory = memory;
        this.threads = threads;
        this.done = done;
        this.proof = new Proof(cluster, memory);
        this.complaint = new Complaint(cluster.name(), "nobody is promoted", COMPLAIN_AFTER);
        this.pace = new Pace(settings.urgentInterval(), System::nanoTime);
    }

    /** Reads what earlier attempts and switchovers left; while that can't be read, nobody is promoted. */
    void remember() {
        if (promotes()) {
            proof.remember();
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
        Attempt running = attempt;
        proof.see(judgement.standing(), nodes, running != null);
        if (running != null) {
            running.primaryIsBack(proof.node(running.order().primary()).up());
        }
        if (proof.primary() != null) {
            failure = null;
            aborted &= running != null;
            complaint.forget();
            pace.forget();
            return judgement.promoting(proof.promotion());
        }
        String told = attempted();
        Promotion promotion = told == null ? Promotion.ARMED : Promotion.disarmed(told);
        return complaint.stands(told) ? judgement.promotingNobody(promotion) : judgement.promoting(promotion);
    }

    /** Begins an attempt where nothing is against it and it is due; returns what is, or what the last one came to. */
    private @Nullable String attempted() {
        Evidence evidence = proof.evidence();
        String why = against(evidence);
        if (why != null) {
            return why;
        }
        Object basis = Pace.basis(proof.seen(), evidence);
        if (attempt == null && pace.isDue(basis)) {
            pace.begins(basis);
            begin(new Order(evidence.primary(), proof.known(), evidence, proof.pledge(), false), false);
        }
        return failure;
    }

    private @Nullable String against(@Nullable Evidence evidence) {
        return aborted && evidence != null && proof.unreadable() == null
                ? "ucm:failover --abort ended the promotion; ucm:failover begins it again"
                : proof.against(evidence);
    }

    /** Promotes now. Any thread. */
    CompletableFuture<FailoverReport> promote(boolean forced) {
        CompletableFuture<FailoverReport> report = new CompletableFuture<>();
        threads.coordinate(() -> promote(report, forced));
        return report;
    }

    private void promote(CompletableFuture<FailoverReport> report, boolean forced) {
        if (attempt != null && asked == null && next == null) {
            next = () -> promote(report, forced);
            return;
        }
        answer(report, () -> {
            refuseWhile(attempt != null, "another ucm:failover is under way");
            refuseWhile(proof.primary() != null, proof.primary() + " is the primary, and answers");
            // A pledge that keeps everybody back may have been taken away by hand.
            proof.remember();
            refuseFor(proof.unreadable());
            aborted = false;
            Evidence evidence = proof.evidence();
            if (!forced) {
                refuseFor(against(evidence));
            }
            String lost = evidence == null ? proof.lost() : evidence.primary();
            refuseWhile(
                    Obstacle.isLive(proof.node(lost), proof.known()),
                    proof.node(lost).address() + ": is a primary that can be reached");
            asked = report;
            begin(new Order(lost, proof.known(), evidence, proof.pledge(), forced), false);
        });
    }

    /** Ends an attempt, and lets the replicas follow the lost primary again. Any thread. */
    CompletableFuture<FailoverReport> abort() {
        CompletableFuture<FailoverReport> report = new CompletableFuture<>();
        threads.coordinate(() -> answer(report, () -> {
            Attempt running = attempt;
            refuseWhile(asked != null || running != null && running.undoing(), "another ucm:failover is under way");
            asked = report;
            aborted = true;
            if (running == null) {
                undo();
            } else {
                running.close();
            }
        }));
        return report;
    }

    private void undo() {
        try {
            String primary = proof.primary() == null ? proof.lost() : proof.primary();
            begin(new Order(primary, proof.known(), null, proof.pledge(), false), true);
        } catch (Refusal e) {
            answerAsked(null, e);
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
            refuseWhile(!proof.any(), "the nodes have not been asked yet");
            refuseFor(proof.unreadable());
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

    private void begin(Order order, boolean undoing) {
        Attempt begun = new Attempt(cluster, settings, memory, threads, order, undoing);
        begun.primaryIsBack(proof.node(order.primary()).up());
        attempt = begun;
        begun.begin(result -> ended(begun, result));
    }

    private void ended(Attempt ended, Attempt.Result result) {
        attempt = null;
        proof.remember(result.pledge());
        FailoverReport report = result.report();
        if (aborted && !ended.undoing() && asked != null) {
            undo();
            return;
        }
        if (report != null) {
            failure = null;
            tell(report);
        } else {
            pace.refused();
            failure = ended.undoing() ? failure : result.problem().getMessage();
        }
        answerAsked(report, result.problem());
        Runnable asking = next;
        next = null;
        if (asking != null) {
            asking.run();
        }
        done.run();
    }

    private void tell(FailoverReport report) {
        LOG.info(
                "cluster '{}': {}: {} after the loss of {}, in {} ms",
                cluster.name(),
                report.action(),
                proof.node(report.primary()).address(),
                proof.node(report.lost()).address(),
                report.elapsedMs());
        report.possibleLoss().forEach(loss -> LOG.warn("cluster '{}': possible loss: {}", cluster.name(), loss));
    }

    private void answerAsked(@Nullable FailoverReport report, @Nullable Exception problem) {
        CompletableFuture<FailoverReport> waiting = asked;
        asked = null;
        if (waiting != null && report != null) {
            waiting.complete(report);
        } else if (waiting != null) {
            waiting.completeExceptionally(problem);
        }
    }

    /**
     * Who waits for an attempt waits no longer, and what was seen of the primary is left to who comes after. Any thread, after
     * all others have ended.
     */
    void close() {
        if (promotes() && !aborted) {
            proof.leave();
        }
        CompletableFuture<FailoverReport> waiting = asked;
        if (waiting != null) {
            waiting.completeExceptionally(new Refusal("the watch was closed; the next one goes on"));
        }
    }

    /** Ends the attempt that is under way: its locks are let go of. Any thread. */
    void release() {
        Attempt running = attempt;
        if (running != null) {
            running.close();
        }
    }
}
