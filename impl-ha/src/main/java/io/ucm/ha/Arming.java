// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.Promotion;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether one look at a live primary proves that another node could take its place, should it be lost, without the loss of
 * an acknowledged commit: every commit waits for one of the replicas, these are the configured nodes, and after a promotion
 * it is the same. Names are no proof, because anybody may stream under any: the node at the configured address must say
 * itself that it streams from the primary under its own name.
 *
 * @param evidence what it proves, or would if the replica that is UNANSWERED said so; null: nothing
 * @param why why it proves nothing; null when it does
 * @param doubt what that comes from; null when it proves something
 */
record Arming(
        @Nullable Evidence evidence,
        @Nullable String why,
        @Nullable Doubt doubt) {

    /** What a look that proves nothing tells of what was proven before. */
    enum Doubt {
        /** Nothing: it is not so any more. */
        REFUTED,
        /** A replica is not seen to stream from the primary as it should; so it is, too, when that was killed a moment ago. */
        PARTED,
        /** A replica streams, as far as the primary tells, and does not say so itself. */
        UNANSWERED
    }

    static final Arming NOTHING_SEEN = refused("no primary has been seen alive since this watch began", Doubt.REFUTED);

    private static final int MOST_NODES = 3;

    private static Arming refused(String why, Doubt doubt) {
        return new Arming(null, why, doubt);
    }

    static Arming proven(Evidence evidence) {
        return new Arming(evidence, null, null);
    }

    boolean armed() {
        return doubt == null;
    }

    Promotion promotion() {
        return armed() ? Promotion.ARMED : Promotion.disarmed(Objects.requireNonNull(why));
    }

    /** @param nodes all, the primary among them */
    static Arming of(Seen primary, List<Seen> nodes) {
        String refuted = refuted(primary, nodes);
        if (refuted != null) {
            return refused(refuted, Doubt.REFUTED);
        }
        List<Seen> replicas =
                nodes.stream().filter(node -> !node.id().equals(primary.id())).toList();
        String parted = first(replicas, node -> parted(node, primary));
        if (parted != null) {
            return refused(parted, Doubt.PARTED);
        }
        String unanswered = first(replicas, Arming::unanswered);
        Evidence evidence = evidence(primary);
        return unanswered == null ? proven(evidence) : new Arming(evidence, unanswered, Doubt.UNANSWERED);
    }

    private static @Nullable String first(List<Seen> nodes, Function<Seen, @Nullable String> why) {
        return nodes.stream().map(why).filter(Objects::nonNull).findFirst().orElse(null);
    }

    /** What is set otherwise than it must be on the primary, or on a replica that answers; null: nothing. */
    private static @Nullable String refuted(Seen primary, List<Seen> nodes) {
        String why = size(nodes);
        why = why == null ? unanswered(primary) : why;
        List<String> ids = nodes.stream().map(Seen::id).toList();
        why = why == null ? first(nodes, node -> unanswered(node) == null ? setUp(node, ids) : null) : why;
        why = why == null ? foreigner(primary) : why;
        return why == null ? first(nodes, node -> namesake(primary, node.id())) : why;
    }

    private static @Nullable String size(List<Seen> nodes) {
        if (nodes.size() < 2) {
            return "there is no replica";
        }
        return nodes.size() <= MOST_NODES
                ? null
                : "failover.policy=PROMOTE is for one primary with one or two replicas, and there are %d nodes: use FOLLOW"
                        .formatted(nodes.size());
    }

    /** Why it is not known what a node says now; null: it is. */
    private static @Nullable String unanswered(Seen node) {
        if (node.up() && node.facts() != null) {
            return null;
        }
        return node.reason() == null ? node.address() + ": was not asked for it yet" : node.reason();
    }

    /** What must be so on each node, because any may be the primary next. */
    private static @Nullable String setUp(Seen node, List<String> ids) {
        NodeAddress address = node.address();
        Facts facts = node.facts();
        if (node.identity() == null) {
            return address + ": " + node.answer().unidentified();
        }
        if (!facts.missing().isEmpty()) {
            return "%s: the role that asks lacks %s".formatted(address, facts.missing());
        }
        if (!StandbyNames.anyOneOf(ids, facts.names())) {
            return "%s: synchronous_standby_names is '%s', and must be '%s' on all nodes"
                    .formatted(address, facts.names(), StandbyNames.required(ids));
        }
        if (!facts.fsync()) {
            return address + ": fsync is off, so it may lose what it has acknowledged";
        }
        return facts.uri() ? address + ": primary_conninfo is a URI, and must be keyword=value to be changed" : null;
    }

    private static @Nullable String foreigner(Seen primary) {
        return streaming(primary, primary.id()) == 0
                ? null
                : "%s: somebody streams from it under its own name, and would be waited for in place of a replica"
                        .formatted(primary.address());
    }

    private static @Nullable String namesake(Seen primary, String id) {
        int senders = streaming(primary, id);
        return senders > 1 ? senders(primary, String.valueOf(senders), id) : null;
    }

    private static String senders(Seen primary, String number, String id) {
        return "%s: %s stream from it under the name %s, and must be one".formatted(primary.address(), number, id);
    }

    private static @Nullable String parted(Seen node, Seen primary) {
        String unanswered = unanswered(node);
        String why = unconfirmed(node.id(), primary);
        if (unanswered != null) {
            return why == null && !isGone(node) ? null : unanswered;
        }
        return why == null ? stray(node, primary) : why;
    }

    /** Whether it is not only silent: a server that does not run may be listed by its primary for a moment. */
    private static boolean isGone(Seen node) {
        return node.down() && !node.silent();
    }

    /** What the primary says against a replica. */
    private static @Nullable String unconfirmed(String id, Seen primary) {
        if (streaming(primary, id) == 0) {
            return senders(primary, "none", id);
        }
        return confirms(primary, id)
                ? null
                : "%s: %s streams, but commits do not wait for it yet".formatted(primary.address(), id);
    }

    /** What a replica says itself. */
    private static @Nullable String stray(Seen node, Seen primary) {
        NodeAddress address = node.address();
        Receiver receiver = node.facts().receiver();
        if (node.claimsPrimary() || receiver == null || !receiver.streams()) {
            return "%s: does not receive, so who streams as %s is not known".formatted(address, node.id());
        }
        if (!primary.id().equals(receiver.node())) {
            return "%s: receives from %s, and not from %s".formatted(address, sender(receiver), primary.address());
        }
        if (!receiver.name().equalsIgnoreCase(node.id())) {
            return "%s: streams as '%s', so who streams as %s is not known"
                    .formatted(address, receiver.name(), node.id());
        }
        Identity theirs = primary.identity();
        Identity own = node.identity();
        return own.systemId().equals(theirs.systemId())
                        && own.timeline() == theirs.timeline()
                        && own.history()
                                .contains(theirs.timeline(), theirs.history().begin())
                ? null
                : "%s: is not on the primary's timeline %d".formatted(address, theirs.timeline());
    }

    private static String sender(Receiver receiver) {
        return receiver.node() == null ? receiver.sender() : receiver.node() + " (" + receiver.sender() + ")";
    }

    private static long count(Seen primary, String name, boolean confirming) {
        return primary.facts().standbys().stream()
                .filter(standby -> standby.name().equalsIgnoreCase(name))
                .filter(standby -> !confirming || standby.confirms())
                .count();
    }

    private static int streaming(Seen primary, String name) {
        return (int) count(primary, name, false);
    }

    private static boolean confirms(Seen primary, String name) {
        return count(primary, name, true) == 1;
    }

    private static Evidence evidence(Seen primary) {
        Identity identity = primary.identity();
        Lsn acknowledged = primary.facts().standbys().stream()
                .filter(Standby::confirms)
                .map(Standby::flushed)
                .max(Lsn::compareTo)
                .orElseThrow();
        return new Evidence(
                primary.id(),
                identity.systemId(),
                identity.timeline(),
                identity.history().begin(),
                acknowledged);
    }
}
