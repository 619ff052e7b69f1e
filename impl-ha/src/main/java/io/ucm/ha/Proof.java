// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Promotion;
import io.ucm.spi.WatchedCluster;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the primary that is there, or was: whether another node could take its place, or why not. Used by one
 * thread.
 */
final class Proof {

    private static final Logger LOG = LoggerFactory.getLogger(Proof.class);

    private final WatchedCluster cluster;
    private final Memory memory;
    private final Watched watched;

    private List<Seen> seen = List.of();
    private Standing standing = Standing.first(null);
    private @Nullable Pledge pledge;
    /** Why it is not known what earlier attempts left; null: it is. */
    private @Nullable String unreadable;

    Proof(WatchedCluster cluster, Memory memory) {
        this.cluster = cluster;
        this.memory = memory;
        this.watched = new Watched(cluster.name());
    }

    /** Reads what earlier attempts left. */
    void remember() {
        try {
            pledge = memory.loadPledge();
            unreadable = null;
        } catch (IOException e) {
            unreadable = e.getMessage();
        }
    }

    /** What the last attempt left. */
    void remember(@Nullable Pledge left) {
        pledge = left;
    }

    /**
     * Leaves what was seen of the primary to the one who comes after, who may find it lost. An attempt that was begun with it
     * stays as it is.
     */
    void leave() {
        Remembered known = standing.remembered();
        if (known == null || !watched.any()) {
            return;
        }
        try {
            Pledge before = memory.loadPledge();
            Pledge left = left(before != null && before.isFor(known) ? before : null, known);
            if (left != null) {
                memory.store(left);
            }
        } catch (IOException e) {
            LOG.warn(
                    "cluster '{}': nobody is promoted if {} is lost before the next version has seen it: {}",
                    cluster.name(),
                    watched.primary(),
                    e.getMessage());
        }
    }

    /** @return null: what there is stays */
    private @Nullable Pledge left(@Nullable Pledge before, Remembered known) {
        if (!watched.arming().armed()) {
            return before != null && watched.refuted(before.at()) ? before.refuted() : null;
        }
        Evidence own = watched.arming().evidence();
        Instant now = Instant.now();
        if (!own.isFor(known) || standing.primary() == null && before != null && before.isBegunWith(own, now)) {
            return null;
        }
        return Pledge.left(own, before == null ? null : before.node(), now.minus(watched.lag()), watched.proven());
    }

    /** @param attempting whether an attempt is under way, which changes what is seen */
    void see(Standing now, List<Seen> nodes, boolean attempting) {
        seen = nodes;
        standing = now;
        if (unreadable != null) {
            remember();
        }
        if (now.primary() != null) {
            goOnWithWhatWasLeft(now.primary());
            watched.observe(node(now.primary()), nodes, System.nanoTime());
        } else if (!attempting) {
            observeWhoIsNotAccepted();
        }
    }

    /** Before the first look. */
    private void goOnWithWhatWasLeft(String primary) {
        Pledge left = watched.any() ? null : pledge();
        Duration age = left == null ? null : left.age(Instant.now());
        if (age != null && left.primary().equals(primary)) {
            watched.begin(left.evidence(), age, System.nanoTime());
        }
    }

    /** A primary that lives and has lost its standbys is no longer what it was when it was armed. */
    private void observeWhoIsNotAccepted() {
        Remembered known = standing.remembered();
        if (known != null && watched.any() && Obstacle.promoted(seen, watched.primary(), known) == null) {
            Seen last = node(watched.primary());
            if (Obstacle.isLive(last, known)) {
                watched.observe(last, seen, System.nanoTime());
            }
        }
    }

    /** Whether the nodes were looked at. */
    boolean any() {
        return !seen.isEmpty();
    }

    List<Seen> seen() {
        return seen;
    }

    Seen node(String id) {
        return seen.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }

    @Nullable
    Remembered known() {
        return standing.remembered();
    }

    /** The one that is accepted; null: none. */
    @Nullable
    String primary() {
        return standing.primary();
    }

    /** Whether the primary that is there would be replaced. */
    Promotion promotion() {
        return unreadable == null ? watched.arming().promotion() : Promotion.disarmed(unreadable);
    }

    @Nullable
    String unreadable() {
        return unreadable;
    }

    /** What was seen of the primary that is lost, or who began before left; null: nothing that proves anything. */
    @Nullable
    Evidence evidence() {
        Remembered known = standing.remembered();
        if (known == null) {
            return null;
        }
        if (watched.any()) {
            Arming arming = watched.arming();
            return arming.armed() && arming.evidence().isFor(known) ? arming.evidence() : null;
        }
        Pledge begun = pledge();
        return begun == null ? null : begun.evidence(Instant.now());
    }

    /** The promotion that was begun for the known timeline; null: none was. */
    @Nullable
    Pledge pledge() {
        Remembered known = standing.remembered();
        return pledge != null && known != null && pledge.isFor(known) ? pledge : null;
    }

    /** What is against replacing the lost primary; null: nothing. */
    @Nullable
    String against(@Nullable Evidence evidence) {
        if (unreadable != null) {
            return unreadable;
        }
        if (evidence == null) {
            return watched.arming().armed()
                    ? "what was seen of it is of another history"
                    : watched.arming().why();
        }
        return Obstacle.find(seen, evidence, standing.remembered());
    }

    /** Which node was the primary, as far as that can be told. */
    String lost() throws Refusal {
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
}
