// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final BooleanSupplier primaryIsBack;
    private final HeldReplicas held;
    private final Succession succession;

    /** @param primaryIsBack whether the lost primary is reached again */
    Failover(WatchedCluster cluster, Order order, Memory memory, BooleanSupplier primaryIsBack, HeldReplicas held) {
        this.cluster = cluster;
        this.order = order;
        this.primaryIsBack = primaryIsBack;
        this.held = held;
        this.succession = new Succession(memory, held);
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
            succession.follow(plan, order.primary(), FOLLOW_LIMIT);
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

    private void begin() throws Refusal, IOException {
        if (order.evidence() != null && order.only() == null && !order.isBegun()) {
            succession.begin(order.evidence(), null);
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
        for (int swaps = 0; plan.other() != null && !succession.follow(plan, order.primary(), FOLLOW_LIMIT); swaps++) {
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

    private void tell(Look node) throws Refusal, SQLException, IOException, InterruptedException {
        LOG.warn(
                "cluster '{}': {} is promoted: it has all up to {}, and {} was lost",
                cluster.name(),
                node.address(),
                node.position(),
                primary());
        succession.promote(node, order.evidence() == null ? unproven(node) : order.evidence(), PROMOTE_LIMIT);
    }

    /** What is known of a primary whose standbys were not seen. */
    private Evidence unproven(Look node) {
        Remembered known = order.known();
        History history = node.identity().history();
        return new Evidence(
                order.primary(),
                node.identity().systemId(),
                known == null ? history.timeline() : known.timeline(),
                known == null ? history.begin() : known.begin(),
                node.position());
    }

    /** Its commits wait for a standby, so whoever writes to it waits for that as well. */
    private Outcome outcome(Plan plan, List<String> risks) throws SQLException, Refusal, InterruptedException {
        succession.awaitStandbys(plan.node(), plan.other() == null ? 0 : 1, CONFIRM_LIMIT);
        Look node = held.look(plan.node().id());
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
