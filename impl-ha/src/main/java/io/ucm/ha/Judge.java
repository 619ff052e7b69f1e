// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.Node;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.Distance;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a topology of what the nodes answered: who is the primary ({@link Election}), and which nodes may be read.
 * Immutable; the same answers give the same topology.
 *
 * <p>A replica may be read when it is up, its breaker is closed, its history is ours, and it is within the lag limits; {@link
 * Nearness} says how far away it is. In bytes, its lag is what it has not replayed of what the primary had
 * written when that was last asked; both are asked at the same time. In time it is what the replica tells, within the bounds
 * that the primary's positions set ({@link Written}); where nothing is missing, the time does not count. While there is no primary nothing new is written, so
 * replicas that were within the limits before stay readable, and any becomes so that has replayed all that the last
 * primary is known to have written; before the first primary is seen none is, because nothing is known of its lag. A primary
 * that is refused only because all its standbys are down, or confirm nothing, may be read, too.
 */
final class Judge {

    /** @param unused why it may not be read; null when it may */
    private record Rated(
            Seen node,
            @Nullable Long lagBytes,
            @Nullable Long lagMs,
            @Nullable String unused) {

        boolean isReadable() {
            return node.up() && unused == null;
        }
    }

    private final String cluster;
    private final String configuredPrimary;
    private final HaSettings settings;

    Judge(String cluster, String configuredPrimary, HaSettings settings) {
        this.cluster = cluster;
        this.configuredPrimary = configuredPrimary;
        this.settings = settings;
    }

    /**
     * @param hold who alone may be the primary, while roles are exchanged; null: whoever is elected
     * @param obstacle why there can be no primary whatever the nodes say; null when there can be one
     */
    Judgement judge(List<Seen> nodes, Standing before, @Nullable Hold hold, @Nullable String obstacle, Instant at) {
        Election election = Election.hold(nodes, before.remembered(), before.primary(), configuredPrimary)
                .under(hold, before.remembered());
        if (obstacle != null) {
            election = new Election(null, before.remembered(), election.refusals(), election.twins(), obstacle);
        }
        Seen primary = election.primary();
        Written written = primary == null
                ? before.written()
                : before.written().with(primary.answer().lsn(), primary.answer().at());
        Set<String> fresh = new HashSet<>();
        List<Rated> rated = new ArrayList<>();
        for (Seen node : nodes) {
            Long lagBytes = lagBytes(node, election, written.latest());
            Long lagMs = lagMs(node, election, lagBytes, written);
            boolean isFresh = primary == null
                    ? before.fresh().contains(node.id()) || isZero(lagBytes)
                    : withinLimits(lagBytes, lagMs);
            if (primary == null ? before.fresh().contains(node.id()) : isFresh) {
                fresh.add(node.id());
            }
            String unused = isLastOne(node, election, hold, nodes) ? null : unused(node, election, lagBytes, isFresh);
            rated.add(new Rated(node, lagBytes, lagMs, unused));
        }
        Map<String, Distance> distances =
                Nearness.of(readableReplicas(rated), before.distances(), settings.maxLatency());
        boolean isLossy = isLossy(primary, before, hold, nodes);
        String id = primary == null ? null : primary.id();
        History history =
                primary == null ? before.history() : primary.identity().history();
        return new Judgement(
                new Standing(
                        election.remembered(),
                        id,
                        history,
                        written,
                        fresh,
                        distances,
                        last(primary, before, election, hold, nodes),
                        isLossy),
                new Topology(
                        cluster,
                        at,
                        statuses(rated, election, distances),
                        epoch(election.remembered(), history),
                        id,
                        isLossy,
                        Promotion.OF_OTHERS,
                        election.why()),
                election.twins());
    }

    private static @Nullable LastPrimary last(
            @Nullable Seen primary, Standing before, Election election, @Nullable Hold hold, List<Seen> nodes) {
        LastPrimary last = before.last();
        if (primary != null) {
            return LastPrimary.of(primary, before.primary() == null ? null : last);
        }
        return last == null
                ? null
                : last.lost(nodes, nodes.stream().anyMatch(node -> isLastOne(node, election, hold, nodes)));
    }

    /** Whether what was read on the primary before may not be in the timeline of this one. */
    private static boolean isLossy(@Nullable Seen primary, Standing before, @Nullable Hold hold, List<Seen> nodes) {
        Remembered known = before.remembered();
        if (primary == null
                || known == null
                || !known.primaryAccepted()
                || primary.identity().timeline() <= known.timeline()) {
            return before.lossy();
        }
        LastPrimary last = before.last();
        return (hold == null || !hold.isComplete()) && (last == null || !last.isContinuedBy(primary, nodes));
    }

    /**
     * Whether it is the primary that was, and lacks nothing but its standbys, of which none is up: nobody can have taken its
     * place unless we are cut off from all others. It takes no writes, but may be read.
     */
    private static boolean isLastOne(Seen node, Election election, @Nullable Hold hold, List<Seen> nodes) {
        Remembered remembered = election.remembered();
        Identity identity = node.identity();
        return hold == null
                && election.primary() == null
                && !election.twins()
                && node.claimsPrimary()
                && node.up()
                && remembered != null
                && remembered.primaryAccepted()
                && identity != null
                && node.belongsTo(remembered.systemId())
                && identity.timeline() == remembered.timeline()
                && remembered.isPartOf(identity.history())
                && node.answer().quorum() != null
                && (!node.answer().quorum().met() || node.answer().quorum().stuck())
                && nodes.stream().filter(other -> other != node).noneMatch(Seen::up);
    }

    private static @Nullable Epoch epoch(@Nullable Remembered remembered, @Nullable History history) {
        return remembered == null || !remembered.primaryAccepted()
                ? null
                : new Epoch(remembered.systemId(), remembered.timeline(), history == null ? Map.of() : history.ends());
    }

    private static @Nullable Long lagBytes(Seen node, Election election, @Nullable Lsn written) {
        if (node == election.primary()) {
            return 0L;
        }
        return written == null || node.claimsPrimary() || !sharesHistory(node, election.remembered())
                ? null
                : Long.valueOf(written.bytesBeyond(node.answer().lsn()));
    }

    /** What the replica tells, unless what the primary told shows that it can't be so. */
    private static @Nullable Long lagMs(Seen node, Election election, @Nullable Long lagBytes, Written written) {
        if (node == election.primary() || isZero(lagBytes)) {
            return 0L;
        }
        Answer answer = node.answer();
        if (answer == null || node.claimsPrimary() || lagBytes == null) {
            return null;
        }
        Long told = answer.lagMs();
        Duration most = written.knownWithin(answer.lsn(), answer.at());
        boolean possible = told != null && (most == null || told <= most.toMillis());
        return possible
                ? told
                : Long.valueOf(written.missingSince(answer.lsn(), answer.at()).toMillis());
    }

    private static boolean isZero(@Nullable Long figure) {
        return figure != null && figure == 0;
    }

    /** What is not known is not within a limit. */
    private boolean withinLimits(@Nullable Long lagBytes, @Nullable Long lagMs) {
        return lagBytes != null && lagBytes <= settings.maxLagBytes() && lagMs != null && lagMs <= settings.maxLagMs();
    }

    /** Whether it is on the remembered timeline, or receives it and has still to replay up to its beginning. */
    private static boolean sharesHistory(Seen node, @Nullable Remembered remembered) {
        if (remembered == null || !remembered.primaryAccepted() || !node.belongsTo(remembered.systemId())) {
            return false;
        }
        Identity identity = node.identity();
        boolean onIt = identity.timeline() == remembered.timeline() && remembered.isPartOf(identity.history());
        Integer received = node.answer().receivedTimeline();
        return onIt
                || identity.timeline() < remembered.timeline() && received != null && received == remembered.timeline();
    }

    private static List<Seen> readableReplicas(List<Rated> rated) {
        return rated.stream()
                .filter(Rated::isReadable)
                .map(Rated::node)
                .filter(node -> !node.claimsPrimary())
                .toList();
    }

    private static List<NodeStatus> statuses(List<Rated> rated, Election election, Map<String, Distance> distances) {
        return rated.stream()
                .map(one ->
                        status(one, election, distances.getOrDefault(one.node().id(), Distance.NEAR)))
                .toList();
    }

    private static NodeStatus status(Rated rated, Election election, Distance distance) {
        Seen node = rated.node();
        Answer answer = node.answer();
        String refused = rated.unused() == null ? election.refusals().get(node.id()) : rated.unused();
        return new NodeStatus(
                new Node(
                        node.id(),
                        node.address().host(),
                        node.address().port(),
                        answer == null ? Role.UNKNOWN : answer.role(),
                        node.state(),
                        answer == null ? null : answer.at(),
                        node.up() && refused != null ? node.address() + ": " + refused : node.reason()),
                rated.isReadable(),
                distance,
                node.silent(),
                node.identity() == null ? null : node.identity().timeline(),
                answer == null ? null : answer.lsn().toString(),
                rated.lagBytes(),
                rated.lagMs(),
                node.latency() == null ? null : Double.valueOf(node.latency().toNanos() / 1000 / 1000.0),
                node.breaker());
    }

    /** Why a node that is up may not be read; null when it may. */
    private @Nullable String unused(Seen node, Election election, @Nullable Long lagBytes, boolean isFresh) {
        Remembered remembered = election.remembered();
        Identity identity = node.identity();
        if (election.refusals().containsKey(node.id())) {
            return election.refusals().get(node.id());
        }
        if (node.answer() != null && identity == null) {
            return node.answer().unidentified();
        }
        if (identity != null && remembered != null && !node.belongsTo(remembered.systemId())) {
            return Election.foreign(identity, remembered);
        }
        if (remembered == null || !remembered.primaryAccepted()) {
            return "no primary has told yet what it should have";
        }
        if (!sharesHistory(node, remembered)) {
            return "is not on timeline %d that began at %s".formatted(remembered.timeline(), remembered.begin());
        }
        if (!isFresh) {
            return lagBytes != null && lagBytes > settings.maxLagBytes()
                    ? "is behind by more than max.lag.bytes=" + settings.maxLagBytes()
                    : "is behind by more than max.lag.ms=" + settings.maxLagMs();
        }
        return node.breaker() == BreakerState.CLOSED ? null : "its circuit breaker is not closed: it failed lately";
    }
}
