// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What tells whether the successor of a primary goes on with all that was committed, and so may have been read, on it.
 *
 * @param missing the ids of the other nodes that were away at a look since it was the primary
 * @param readAlone whether it was read while it was not accepted: what waited for a standby may have been seen then
 */
record LastPrimary(String id, Kept kept, Set<String> missing, boolean readAlone) {

    LastPrimary {
        missing = Set.copyOf(missing);
    }

    static LastPrimary of(Seen primary, @Nullable LastPrimary before) {
        Kept kept = primary.answer().kept();
        boolean same = before != null && before.id().equals(primary.id());
        return new LastPrimary(primary.id(), same ? kept.since(before.kept()) : kept, Set.of(), false);
    }

    /** After a look at these nodes, none of which is the primary. */
    LastPrimary lost(List<Seen> nodes, boolean isRead) {
        return new LastPrimary(id, kept, missing(nodes), readAlone || isRead);
    }

    /**
     * Whether the next primary has all: where commits waited for standbys, one of those that answer has them, unless as many are
     * away as had to confirm, and whoever promotes takes the one that has most.
     *
     * @param timeline the one that it was on
     */
    boolean isContinuedBy(Seen next, int timeline, List<Seen> nodes) {
        return !readAlone && kept.by() > missing(nodes).size() && has(next, timeline);
    }

    private boolean has(Seen next, int timeline) {
        Lsn end = next.identity().history().end(timeline);
        return kept.upTo() != null && end != null && kept.upTo().bytesBeyond(end) == 0;
    }

    private Set<String> missing(List<Seen> nodes) {
        Set<String> all = new HashSet<>(missing);
        nodes.stream()
                .filter(node -> node.state() == NodeState.DOWN || node.state() == NodeState.UNKNOWN)
                .map(Seen::id)
                .filter(node -> !node.equals(id))
                .forEach(all::add);
        return all;
    }
}
