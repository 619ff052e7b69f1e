// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to make a replica the primary, or to undo what such an attempt left. Used once, by one thread; any may close.
 *
 * <p>The locks of all replicas come first, and everything is looked at again under them. Then the other replica is pointed
 * at the chosen one, and is seen to stream from there: from then on the lost primary, should it come back, can get a commit
 * confirmed by the chosen one only, which keeps it. Only then is that one told to be the primary. So whoever finds an
 * attempt that was cut short knows which node may have been told: the one that the other follows.
 */
final class Failover implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Failover.class);

    private static final int MOST_SWAPS = 3;
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(2);
    private static final Duration PROMOTE_LIMIT = Duration.ofSeconds(30);
    private static final Duration CONFIRM_LIMIT = Duration.ofSeconds(1);

    private final WatchedCluster cluster;
    private final Order order;
    private final Memory memory;
    private final BooleanSupplier primaryIsBack;
    private final HeldReplicas held;

    /** @param primaryIsBack whether the lost primary is reached again */
    Failover(WatchedCluster cluster, Order order, Memory memory, BooleanSupplier primaryIsBack, HeldReplicas held) {
        this.cluster = cluster;
        this.order = order;
        this.memory = memory;
        this.primaryIsBack = primaryIsBack;
        this.held = held;
    }

    /** Returns when there is a new primary and, where there is another replica, that confirms its commits. */
    Outcome promote() throws Refusal, SQLException, IOException, InterruptedException {
        List<String> risks = new ArrayList<>();
        begin();
        hold(risks);
        Plan plan = Plan.of(held.looks(), order);
        if (!plan.promoted()) {
            refuseReachablePrimary();
            plan = fence(plan);
            undoIfThePrimaryIsBack(plan);
            risks.addAll(risks(plan.node()));
            tell(plan.node());
        } else if (plan.other() != null) {
            follow(plan);
        }
        return outcome(plan, risks);
    }

    /** Returns when all replicas follow the lost primary again. */
    Outcome undo() throws Refusal, SQLException, InterruptedException {
        hold(new ArrayList<>());
        List<Look> looks = held.looks();
        for (Look look : looks) {
            if (!look.recovery() || look.promoting()) {
                throw new Refusal(look.address() + ": is a primary, or about to be: that can only be finished");
            }
        }
        boolean changed = false;
        for (Look look : looks) {
            if (!order.primary().equals(look.follows())) {
                held.session(look).follow(primary());
                LOG.warn("cluster '{}': {} follows {} again", cluster.name(), look.address(), primary());
                changed = true;
            }
        }
        return new Outcome(order.primary(), null, changed, List.of());
    }

    /** Lets go of the locks; what is under way fails. Any thread. */
    @Override
    public void close() {
        held.close();
    }

    /** So that another version of this bundle, or this process after a restart, may go on. */
    private void begin() throws IOException {
        if (order.evidence() != null && order.only() == null && !order.isPledged()) {
            memory.store(Pledge.of(order.evidence(), null, Instant.now()));
        }
    }

    private void hold(List<String> risks) throws Refusal, SQLException, InterruptedException {
        held.open(cluster.nodes().stream()
                .filter(node -> !node.id().equals(order.primary()))
                .toList());
        for (Map.Entry<String, String> away : held.away().entrySet()) {
            String risk = away.getValue() + "; it alone may have confirmed commits that the others do not have";
            if (!order.forced()) {
                throw new Refusal(risk);
            }
            risks.add(risk);
        }
        held.lock();
    }

    private void refuseReachablePrimary() throws Refusal {
        if (primaryIsBack.getAsBoolean()) {
            throw new Refusal(primary() + ": is a primary that can be reached");
        }
    }

    /** Lets the other replica receive from the chosen one only; chooses the other when that has more. */
    private Plan fence(Plan first) throws Refusal, SQLException, InterruptedException {
        Plan plan = first;
        for (int swaps = 0; plan.other() != null && !follow(plan); swaps++) {
            if (swaps == MOST_SWAPS || plan.node().promoting() || order.only() != null) {
                throw new Refusal("%s has more than %s, which %s"
                        .formatted(
                                plan.other().address(),
                                plan.node().address(),
                                swaps == MOST_SWAPS ? "had more before" : "may have been told to be the primary"));
            }
            LOG.info(
                    "cluster '{}': {} has more than {}: it is to be the primary",
                    cluster.name(),
                    plan.other().address(),
                    plan.node().address());
            held.session(plan.other()).follow(primary());
            plan = plan.swapped();
        }
        return plan;
    }

    /** False: the other has more than the chosen one, and can't follow it. */
    private boolean follow(Plan plan) throws Refusal, SQLException, InterruptedException {
        Look other = Objects.requireNonNull(plan.other());
        if (!plan.node().id().equals(other.follows())) {
            held.session(other).follow(plan.node().address());
        }
        long deadline = System.nanoTime() + FOLLOW_LIMIT.toNanos();
        while (true) {
            List<Look> looks = held.looks();
            Look node = HeldReplicas.of(plan.node().id(), looks);
            other = HeldReplicas.of(other.id(), looks);
            if (other.streamsFrom(node) && !other.isAheadOf(node)) {
                return true;
            }
            if (!plan.promoted()
                    && !other.receivesFrom(order.primary())
                    && !other.streamsFrom(node)
                    && other.isAheadOf(node)) {
                return false;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new Refusal("%s does not stream from %s within %d ms"
                        .formatted(other.address(), node.address(), FOLLOW_LIMIT.toMillis()));
            }
            held.pause();
        }
    }

    /** Nothing is lost yet that could not go on, unless the chosen one is on its way already. */
    private void undoIfThePrimaryIsBack(Plan plan) throws Refusal, SQLException {
        if (!primaryIsBack.getAsBoolean()) {
            return;
        }
        Look node = held.session(plan.node()).look();
        if (node == null || !node.recovery() || node.promoting()) {
            return;
        }
        if (plan.other() != null) {
            held.session(plan.other()).follow(primary());
        }
        refuseReachablePrimary();
    }

    /** Once it may have been told, nobody else may: that is on the disk before. */
    private void tell(Look node) throws Refusal, SQLException, IOException, InterruptedException {
        Remembered known = order.known();
        Evidence evidence = order.evidence();
        if (evidence == null) {
            History history = node.identity().history();
            evidence = new Evidence(
                    order.primary(),
                    node.identity().systemId(),
                    known == null ? history.timeline() : known.timeline(),
                    known == null ? history.begin() : known.begin(),
                    node.position());
        }
        memory.store(Pledge.of(evidence, node.id(), Instant.now()));
        LOG.warn(
                "cluster '{}': {} is promoted: it has all up to {}, and {} was lost",
                cluster.name(),
                node.address(),
                node.position(),
                primary());
        held.session(node).promote();
        long deadline = System.nanoTime() + PROMOTE_LIMIT.toNanos();
        while (held.session(node).recovers()) {
            if (System.nanoTime() - deadline > 0) {
                throw new Refusal("%s: was told to be the primary, and is not after %d s"
                        .formatted(node.address(), PROMOTE_LIMIT.toSeconds()));
            }
            held.pause();
        }
    }

    /** Its commits wait for a standby, so whoever writes to it waits for that as well. */
    private Outcome outcome(Plan plan, List<String> risks) throws SQLException, Refusal, InterruptedException {
        long deadline = System.nanoTime() + CONFIRM_LIMIT.toNanos();
        Look node = held.session(plan.node()).look();
        while (node == null
                || plan.other() != null && !plan.other().confirms(node) && System.nanoTime() - deadline < 0) {
            held.pause();
            node = held.session(plan.node()).look();
        }
        return new Outcome(node.id(), node.identity().timeline(), !plan.promoted(), risks);
    }

    private List<String> risks(Look node) {
        Evidence evidence = order.evidence();
        if (evidence == null) {
            return List.of(
                    ("%s has all up to %s; what %s acknowledged beyond that is lost, and it was not seen that its"
                                    + " commits waited for a replica")
                            .formatted(node.address(), node.position(), primary()));
        }
        return evidence.acknowledged().compareTo(node.position()) > 0
                ? List.of("%s has all up to %s, and commits up to %s were confirmed"
                        .formatted(node.address(), node.position(), evidence.acknowledged()))
                : List.of();
    }

    private NodeAddress primary() {
        return cluster.nodes().stream()
                .filter(node -> node.id().equals(order.primary()))
                .findFirst()
                .orElseThrow();
    }
}
