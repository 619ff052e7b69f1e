// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was seen of the live primary, decided anew with each of its answers. A replica that has lost it is no reason until
 * the primary has answered what it was asked after that: a primary that was killed never does, and its replicas lose it
 * before it is known to be lost, with its last answer on its way or its own processes ending one by one. Used by one thread.
 */
final class Watched {

    private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

    private final String cluster;
    private Arming arming = Arming.NOTHING_SEEN;
    private @Nullable String primary;
    private @Nullable Instant answered;
    /** When a replica was found to have lost it, while it was armed; null: none was. */
    private @Nullable Long partedSince;

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

    /** @param time as {@link System#nanoTime} */
    void observe(Seen now, List<Seen> nodes, long time) {
        if (!now.up()) {
            return;
        }
        boolean same = now.id().equals(primary);
        if (same && now.answer().at().equals(answered) && arming.armed()) {
            return;
        }
        Arming next = Arming.of(now, nodes);
        answered = now.answer().at();
        if (same && arming.armed() && next.parted()) {
            partedSince = partedSince == null ? time : partedSince;
            if (now.answer().asked() - partedSince <= 0) {
                return;
            }
        }
        arming = next;
        primary = now.id();
        partedSince = null;
        tell(nodes);
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
