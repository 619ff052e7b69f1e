// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who becomes the primary, and who follows it: the one that has most of one history. An attempt that was cut short goes on
 * with the node that it had chosen, which is the one that the other follows: it may have been told to promote itself.
 *
 * @param other null when there is no other replica
 * @param promoted whether the node is a primary already, and only the other has to follow
 */
record Plan(Look node, @Nullable Look other, boolean promoted) {

    /** The same with the roles exchanged. */
    Plan swapped() {
        return new Plan(other, node, false);
    }

    /** @param looks at all replicas whose locks are held, by id */
    static Plan of(List<Look> looks, Order order) throws Refusal {
        List<Look> current = new ArrayList<>(looks);
        for (Look look : looks) {
            refuseForeigner(look, order.known());
            if (isOfThePast(look, order.known())) {
                current.remove(look);
            }
        }
        if (current.isEmpty()) {
            throw new Refusal("no replica answers");
        }
        List<Look> primaries = current.stream().filter(look -> !look.recovery()).toList();
        if (!primaries.isEmpty()) {
            return promoted(primaries, current, order);
        }
        refuseTornApart(current);
        Plan plan = choose(current, order.only());
        refuseWrongTimeline(plan.node(), order);
        if (!order.forced()) {
            refuseUnproven(plan, current, order);
        }
        return plan;
    }

    private static void refuseForeigner(Look look, @Nullable Remembered known) throws Refusal {
        if (known != null && !look.identity().systemId().equals(known.systemId())) {
            throw new Refusal(look.address() + ": " + Election.foreign(look.identity(), known));
        }
    }

    /** A primary that came back after another one had been written to. */
    private static boolean isOfThePast(Look look, @Nullable Remembered known) {
        return known != null && !look.recovery() && look.identity().timeline() < known.timeline();
    }

    private static Plan promoted(List<Look> primaries, List<Look> looks, Order order) throws Refusal {
        Look node = primaries.get(0);
        Remembered known = order.known();
        if (primaries.size() > 1) {
            throw new Refusal("%s and %s are both primaries"
                    .formatted(node.address(), primaries.get(1).address()));
        }
        if (known == null
                || node.identity().timeline() <= known.timeline()
                || !known.isPartOf(node.identity().history())) {
            throw new Refusal("%s is a primary on timeline %d"
                    .formatted(node.address(), node.identity().timeline()));
        }
        Look other = other(node, looks);
        if (other != null && !other.canFollow(node)) {
            throw diverged(other, node);
        }
        return new Plan(node, other, true);
    }

    private static void refuseTornApart(List<Look> looks) throws Refusal {
        if (looks.size() == 2) {
            Look one = looks.get(0);
            Look two = looks.get(1);
            if (!one.isPartOf(two) && !two.isPartOf(one)) {
                throw diverged(one, two);
            }
            if (one.id().equals(two.follows()) && two.id().equals(one.follows())) {
                throw new Refusal("%s and %s follow each other: set primary_conninfo of one of them by hand"
                        .formatted(one.address(), two.address()));
            }
        } else if (looks.size() > 2) {
            throw new Refusal("%d replicas answer, and only one or two can be told apart".formatted(looks.size()));
        }
    }

    static Refusal diverged(Look one, Look two) {
        return new Refusal(
                "the histories of %s (timeline %d, up to %s) and %s (timeline %d, up to %s) differ: one of them has what the other"
                                .formatted(
                                        one.address(),
                                        one.identity().timeline(),
                                        one.position(),
                                        two.address(),
                                        two.identity().timeline(),
                                        two.position())
                        + " can never have; make one of them anew from the other");
    }

    private static Plan choose(List<Look> looks, @Nullable String only) throws Refusal {
        Look fixed = fixed(looks, only);
        if (looks.size() == 1) {
            return new Plan(looks.get(0), null, false);
        }
        Look node = fixed == null ? best(looks.get(0), looks.get(1)) : fixed;
        Look other = other(node, looks);
        if (fixed != null && other.isAheadOf(node)) {
            throw new Refusal("%s may have been told to be the primary, and %s has more than it"
                    .formatted(node.address(), other.address()));
        }
        return new Plan(node, other, false);
    }

    /** The one that may have been told already; null when none was. */
    private static @Nullable Look fixed(List<Look> looks, @Nullable String only) throws Refusal {
        List<Look> promoting = looks.stream().filter(Look::promoting).toList();
        if (promoting.size() > 1) {
            throw new Refusal("%s and %s are both about to be primaries"
                    .formatted(promoting.get(0).address(), promoting.get(1).address()));
        }
        Look told = promoting.isEmpty() ? null : promoting.get(0);
        if (only == null) {
            return told;
        }
        Look pledged = looks.stream()
                .filter(look -> look.id().equals(only))
                .findFirst()
                .orElseThrow(() -> new Refusal(
                        only + " may have been told to be the primary, so no other can be for this timeline"));
        if (told != null && told != pledged) {
            throw new Refusal("%s is about to be the primary, and %s may have been told to"
                    .formatted(told.address(), pledged.address()));
        }
        return pledged;
    }

    private static Look best(Look one, Look two) {
        Look followed = followed(one, two);
        if (followed != null) {
            Look follower = followed == one ? two : one;
            if (!better(follower, followed)) {
                return followed;
            }
        }
        return better(two, one) || !better(one, two) && two.id().compareTo(one.id()) < 0 ? two : one;
    }

    private static @Nullable Look followed(Look one, Look two) {
        if (one.id().equals(two.follows())) {
            return one;
        }
        return two.id().equals(one.follows()) ? two : null;
    }

    /** Whether it has what the other misses. */
    private static boolean better(Look one, Look two) {
        return two.isPartOf(one) && (!one.isPartOf(two) || one.isAheadOf(two));
    }

    private static @Nullable Look other(Look node, List<Look> looks) {
        return looks.stream().filter(look -> look != node).findFirst().orElse(null);
    }

    /** After a promotion it would be refused as a primary: also by force there is nothing to be won. */
    private static void refuseWrongTimeline(Look node, Order order) throws Refusal {
        Remembered known = order.known();
        if (known == null) {
            return;
        }
        boolean goesOn = known.isPartOf(node.identity().history());
        boolean same = node.identity().timeline() == known.timeline();
        if (!goesOn || !same && !order.forced()) {
            throw new Refusal("%s is on timeline %d, and the lost primary was on timeline %d that began at %s"
                    .formatted(node.address(), node.identity().timeline(), known.timeline(), known.begin()));
        }
    }

    private static void refuseUnproven(Plan plan, List<Look> looks, Order order) throws Refusal {
        Evidence evidence = order.evidence();
        if (evidence == null) {
            throw new Refusal("the primary was not seen alive with what proves that nothing is lost");
        }
        for (Look look : looks) {
            Receiver receiver = look.receiver();
            if (receiver != null && looks.stream().noneMatch(from -> look.receivesFrom(from.id()))) {
                throw new Refusal("%s still receives from %s".formatted(look.address(), receiver.sender()));
            }
        }
        if (plan.node().position().compareTo(evidence.acknowledged()) < 0) {
            throw new Refusal(
                    "%s has up to %s, and commits up to %s were confirmed by a replica: what it had was lost there"
                            .formatted(plan.node().address(), plan.node().position(), evidence.acknowledged()));
        }
    }
}
