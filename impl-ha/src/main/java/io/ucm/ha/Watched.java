// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was seen of the live primary, decided anew with each of its answers. A replica that has lost it is no reason until
 * the primary has answered what it was asked after that: a primary that was killed never does, and its replicas lose it
 * before it is known to be lost, with its last answer on its way or its own processes ending one by one. A replica that only
 * does not answer is none for as long as an earlier watch's word counts, {@link Pledge#LASTS_WHEN_SEEN}: the same machine's
 * trouble may keep it silent and kill the primary. Used by one thread.
 */
final class Watched {

    private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

    private final String cluster;
    private Arming arming = Arming.NOTHING_SEEN;
    private @Nullable String primary;
    private @Nullable Instant answered;
    /** When a replica was found to have lost it, while it was armed; null: none was. */
    private @Nullable Long partedSince;
    /** When the primary was last asked for what armed it; means something while it is armed. */
    private long proven;
    /** When it was last asked for what left that in force. */
    private long stood;
    /** Whether it is armed by what an earlier watch left. */
    private boolean inherited;

    private @Nullable String told;
    private boolean warned;

    Watched(String cluster) {
        this.cluster = cluster;
    }

    Arming arming() {
        return arming;
    }

    /** Whether a live primary was seen at all. */
    boolean any() {
        return primary != null;
    }

    /** The last one's id; null before the first. */
    @Nullable
    String primary() {
        return primary;
    }

    /** When what it is armed by was seen. */
    Instant proven() {
        return Instant.now().minusNanos(System.nanoTime() - proven);
    }

    /** For how long it is armed by less than at first. */
    Duration lag() {
        return Duration.ofNanos(stood - proven);
    }

    /** Whether the primary has answered after that what can't go with a proof. */
    boolean refuted(Instant then) {
        return arming.doubt() == Arming.Doubt.REFUTED && answered != null && answered.isAfter(then);
    }

    /**
     * Begins with what an earlier watch left, as if this one had seen it.
     *
     * @param age since it was seen
     * @param time as {@link System#nanoTime}
     */
    void begin(Evidence left, Duration age, long time) {
        arming = Arming.proven(left);
        primary = left.primary();
        proven = time - age.toNanos();
        stood = time;
        inherited = true;
    }

    /** @param time as {@link System#nanoTime} */
    void observe(Seen now, List<Seen> nodes, long time) {
        if (!now.up()) {
            return;
        }
        boolean same = now.id().equals(primary);
        boolean again = same && !inherited && now.answer().at().equals(answered);
        long asked = now.answer().asked();
        Arming next = Arming.of(now, nodes);
        answered = now.answer().at();
        if (same && arming.armed() && !next.armed() && (again || stands(next, asked, time))) {
            return;
        }
        arming = next;
        primary = now.id();
        partedSince = null;
        proven = asked;
        stood = asked;
        inherited = false;
        tell(nodes);
    }

    /** Whether what was proven before stands, though the next look at the same primary does not prove it. */
    private boolean stands(Arming next, long asked, long time) {
        if (next.doubt() == Arming.Doubt.PARTED) {
            partedSince = partedSince == null ? time : partedSince;
            return asked - partedSince <= 0;
        }
        boolean unanswered = next.doubt() == Arming.Doubt.UNANSWERED
                && next.evidence().history().equals(arming.evidence().history())
                && asked - proven < Pledge.LASTS_WHEN_SEEN.toNanos();
        if (unanswered) {
            arming = Arming.proven(next.evidence());
            stood = asked;
            partedSince = null;
        }
        return unanswered;
    }

    private void tell(List<Seen> nodes) {
        String state = arming.armed() ? "" : arming.why();
        if (state.equals(told) || nodes.stream().anyMatch(node -> node.answer() == null && !node.down())) {
            return;
        }
        told = state;
        if (arming.armed()) {
            LOG.info("cluster '{}': another node is promoted if {} is lost", cluster, primary);
            warn(nodes);
        } else {
            LOG.warn("cluster '{}': nobody is promoted if {} is lost: {}", cluster, primary, state);
        }
    }

    private void warn(List<Seen> nodes) {
        nodes.stream()
                .filter(node -> node.facts() != null && node.facts().slow() != null)
                .findFirst()
                .filter(node -> !warned)
                .ifPresent(node -> {
                    warned = true;
                    LOG.warn(
                            "cluster '{}': {}: a promotion will be slow: {}",
                            cluster,
                            node.address(),
                            node.facts().slow());
                });
    }
}
