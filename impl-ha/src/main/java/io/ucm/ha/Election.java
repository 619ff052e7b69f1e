// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whom writes may go to. A node is accepted only if it says that it is a primary and takes writes, has the remembered
 * system identifier, a history that goes on from the remembered one, and, where it is synchronous, as many standbys
 * streaming as it waits for, unless these confirm nothing and all other nodes are down. Of several, one whose history goes on
 * in another's gives way to that; if several are left (twins), only the one whose standbys prove it; else nobody.
 *
 * @param remembered what to remember from now on; null while nothing tells whose cluster this is
 * @param refusals by id, why nodes that say they are primaries are not accepted
 * @param twins whether there is no primary because there are several
 * @param why why there is no primary; null when there is one
 */
record Election(
        @Nullable Seen primary,
        @Nullable Remembered remembered,
        Map<String, String> refusals,
        boolean twins,
        @Nullable String why) {

    /**
     * @param before the id of the primary until now: a single failure does not end it
     * @param configured the id of the node that the configuration calls the primary
     */
    static Election hold(
            List<Seen> nodes, @Nullable Remembered remembered, @Nullable String before, String configured) {
        Remembered known = remembered == null ? firstLook(nodes, configured) : remembered;
        Map<String, String> refusals = new LinkedHashMap<>();
        List<Seen> accepted = new ArrayList<>();
        for (Seen node : nodes) {
            if (node.claimsPrimary() && (node.up() || suspectedOnly(node, before))) {
                String refusal = refusal(node, known, nodes);
                if (refusal == null) {
                    accepted.add(node);
                } else {
                    refusals.put(node.id(), refusal);
                }
            }
        }
        List<Seen> latest = latest(accepted, refusals);
        List<Seen> chosen = latest.size() > 1 ? proven(latest) : latest;
        if (chosen.size() == 1) {
            Seen primary = chosen.get(0);
            latest.stream()
                    .filter(node -> node != primary)
                    .forEach(
                            node -> refusals.put(node.id(), primary.address() + " has its standbys, this one has not"));
            return new Election(primary, known.on(primary.identity().history()), refusals, false, null);
        }
        if (latest.size() > 1) {
            String twins = twins(latest);
            latest.forEach(node -> refusals.put(node.id(), twins));
            return new Election(null, known, refusals, true, twins);
        }
        return new Election(null, known, refusals, false, nobody(nodes, refusals));
    }

    /** The same, but nobody is elected while roles are exchanged, unless it is the target. */
    Election under(@Nullable Hold hold, @Nullable Remembered before) {
        if (hold == null || twins || primary != null && primary.id().equals(hold.to())) {
            return this;
        }
        Map<String, String> refused = new LinkedHashMap<>(refusals);
        if (primary != null) {
            refused.put(primary.id(), hold.handsOver(primary.id()) ? hold.refusal() : hold.why());
        }
        return new Election(null, before == null ? remembered : before, refused, false, hold.why());
    }

    /**
     * Whose cluster this is when nothing is remembered: the configured primary's; if that does not say, what most of the
     * others say, once each was asked.
     */
    private static @Nullable Remembered firstLook(List<Seen> nodes, String configured) {
        for (Seen node : nodes) {
            if (node.id().equals(configured) && node.up() && node.identity() != null) {
                return Remembered.identity(node.identity().systemId());
            }
        }
        if (nodes.stream().anyMatch(node -> node.state() == NodeState.UNKNOWN)) {
            return null;
        }
        Map<String, Long> votes = nodes.stream()
                .filter(node -> node.up() && node.identity() != null)
                .collect(Collectors.groupingBy(node -> node.identity().systemId(), Collectors.counting()));
        long most = votes.values().stream().mapToLong(Long::longValue).max().orElse(0);
        List<String> winners = votes.keySet().stream()
                .filter(systemId -> votes.get(systemId) == most)
                .toList();
        return winners.size() == 1 ? Remembered.identity(winners.get(0)) : null;
    }

    private static boolean suspectedOnly(Seen node, @Nullable String before) {
        return node.state() == NodeState.SUSPECT && node.id().equals(before);
    }

    private static String undecided(List<Seen> nodes) {
        return nodes.stream().anyMatch(node -> node.state() == NodeState.UNKNOWN)
                ? "the other nodes have not been asked yet"
                : "the nodes do not agree whose cluster this is, and the configured primary does not say;"
                        + " set primary of io.ucm.cluster to the one that is right";
    }

    private static @Nullable String refusal(Seen node, @Nullable Remembered remembered, List<Seen> nodes) {
        String strange = strange(node, remembered, nodes);
        if (strange != null) {
            return strange;
        }
        if (node.answer().readOnly()) {
            return readOnly(node.answer().switchover());
        }
        Quorum quorum = node.answer().quorum();
        if (quorum == null) {
            return "does not say which standbys it has: the role that asks must be in pg_monitor";
        }
        if (!quorum.met()) {
            return "is a primary that waits for %d of its standbys, and %d stream"
                    .formatted(quorum.required(), quorum.streaming());
        }
        if (quorum.stuck() && isAlone(node, nodes)) {
            return "is a primary that waits for %d of its standbys: %d stream, but confirm nothing, and no other node answers"
                    .formatted(quorum.required(), quorum.streaming());
        }
        return quorum.proven() ? null : outdated(node.identity(), remembered, nodes);
    }

    private static boolean isAlone(Seen node, List<Seen> nodes) {
        return nodes.size() > 1 && nodes.stream().allMatch(other -> other == node || other.down());
    }

    private static String readOnly(@Nullable String switchover) {
        return switchover == null
                ? "is a primary whose transactions are read-only, as in a switchover: if there is none, ALTER SYSTEM RESET"
                        + " default_transaction_read_only and SELECT pg_reload_conf() end that"
                : "is a primary whose transactions are read-only by a switchover %s; if that is cut short, it is taken back"
                        .formatted(switchover);
    }

    /** Why a primary is not of the cluster, or of a history that goes on from the remembered one; null: it is. */
    static @Nullable String strange(Seen node, @Nullable Remembered remembered, List<Seen> nodes) {
        Identity identity = node.identity();
        if (identity == null) {
            return node.answer().unidentified();
        }
        if (remembered == null) {
            return undecided(nodes);
        }
        if (!identity.systemId().equals(remembered.systemId())) {
            return foreign(identity, remembered);
        }
        if (identity.timeline() < remembered.timeline()) {
            return "is a primary on timeline %d, which ended: there was one on timeline %d"
                    .formatted(identity.timeline(), remembered.timeline());
        }
        if (!remembered.isPartOf(identity.history())) {
            return "is a primary of another history: timeline %d that was written to began at %s, which is not in its own"
                    .formatted(remembered.timeline(), remembered.begin());
        }
        return null;
    }

    static String foreign(Identity identity, Remembered remembered) {
        return "belongs to another cluster: its system identifier is %s, and not %s"
                .formatted(identity.systemId(), remembered.systemId());
    }

    /** An asynchronous primary has no standbys that speak for it, but a replica may tell of a newer one. */
    private static @Nullable String outdated(Identity identity, Remembered remembered, List<Seen> nodes) {
        return nodes.stream()
                .filter(node -> node.up() && !node.claimsPrimary() && node.belongsTo(remembered.systemId()))
                .filter(node -> node.identity().timeline() > identity.timeline())
                .findFirst()
                .map(node -> "is a primary on timeline %d, but %s replays timeline %d: there is a newer primary"
                        .formatted(
                                identity.timeline(),
                                node.address(),
                                node.identity().timeline()))
                .orElse(null);
    }

    private static List<Seen> latest(List<Seen> accepted, Map<String, String> refusals) {
        List<Seen> latest = new ArrayList<>();
        for (Seen node : accepted) {
            accepted.stream()
                    .filter(other -> goesOnIn(node.identity(), other.identity()))
                    .findFirst()
                    .ifPresentOrElse(
                            other -> refusals.put(
                                    node.id(),
                                    "is a primary on timeline %d, which ended: %s is the primary on timeline %d"
                                            .formatted(
                                                    node.identity().timeline(),
                                                    other.address(),
                                                    other.identity().timeline())),
                            () -> latest.add(node));
        }
        return latest;
    }

    private static boolean goesOnIn(Identity older, Identity newer) {
        return newer.timeline() > older.timeline()
                && newer.history().contains(older.timeline(), older.history().begin());
    }

    private static List<Seen> proven(List<Seen> twins) {
        return twins.stream().filter(node -> node.answer().quorum().proven()).toList();
    }

    private static String twins(List<Seen> twins) {
        return "%s all take writes, and their standbys do not tell which of them may; stop all but one"
                .formatted(twins.stream()
                        .map(node -> node.address() + " on timeline "
                                + node.identity().timeline())
                        .collect(Collectors.joining(" and ")));
    }

    private static String nobody(List<Seen> nodes, Map<String, String> refusals) {
        return nodes.stream()
                .map(node -> {
                    if (refusals.containsKey(node.id())) {
                        return node.address() + ": " + refusals.get(node.id());
                    }
                    return node.up() ? node.address() + ": is a replica" : node.reason();
                })
                .collect(Collectors.joining("; "));
    }
}
