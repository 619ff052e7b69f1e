// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.Promotion;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether one look at a live primary proves that another node could take its place, should it be lost, without the loss of
 * an acknowledged commit: every commit waits for one of the replicas, these are the configured nodes, and after a promotion
 * it is the same. Names are no proof, because anybody may stream under any: the node at the configured address must say
 * itself that it streams from the primary under its own name.
 *
 * @param evidence null when it proves nothing
 * @param why why it proves nothing; null when it does
 * @param parted whether that is because a replica is not seen to stream from it as it should; so it is, too, when it was killed a
 *     moment ago
 */
record Arming(@Nullable Evidence evidence, @Nullable String why, boolean parted) {

    static final Arming NOTHING_SEEN = refused("no primary has been seen alive since this watch began", false);

    private static final int MOST_NODES = 3;

    private static Arming refused(String why, boolean parted) {
        return new Arming(null, why, parted);
    }

    boolean armed() {
        return evidence != null;
    }

    Promotion promotion() {
        return armed() ? Promotion.ARMED : Promotion.disarmed(Objects.requireNonNull(why));
    }

    /** @param nodes all, the primary among them */
    static Arming of(Seen primary, List<Seen> nodes) {
        String why = size(nodes);
        List<String> ids = nodes.stream().map(Seen::id).toList();
        for (int i = 0; i < nodes.size() && why == null; i++) {
            why = setUp(nodes.get(i), ids);
        }
        why = why == null ? foreigner(primary) : why;
        for (int i = 0; i < ids.size() && why == null; i++) {
            why = namesake(primary, ids.get(i));
        }
        if (why != null) {
            return refused(why, false);
        }
        for (int i = 0; i < nodes.size() && why == null; i++) {
            why = nodes.get(i).id().equals(primary.id()) ? null : standby(nodes.get(i), primary);
        }
        return why == null ? new Arming(evidence(primary), null, false) : refused(why, true);
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

    /** What must be so on each node, because any may be the primary next. */
    private static @Nullable String setUp(Seen node, List<String> ids) {
        NodeAddress address = node.address();
        Facts facts = node.facts();
        if (!node.up() || facts == null) {
            return node.reason() == null ? address + ": was not asked for it yet" : node.reason();
        }
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

    private static @Nullable String standby(Seen node, Seen primary) {
        NodeAddress address = node.address();
        Receiver receiver = node.facts().receiver();
        if (streaming(primary, node.id()) == 0) {
            return senders(primary, "none", node.id());
        }
        if (!confirms(primary, node.id())) {
            return "%s: %s streams, but commits do not wait for it yet".formatted(primary.address(), node.id());
        }
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
