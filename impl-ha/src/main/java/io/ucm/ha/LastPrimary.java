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
 * @param since how far it had written when its commits began to wait for those of {@code kept}: what is earlier may have been
 *     read although none of them had it
 * @param missing the ids of its standbys that were away at a look since it was the primary
 * @param readAlone whether it was read while it was not accepted: what waited for a standby may have been seen then
 */
record LastPrimary(String id, int timeline, Kept kept, Lsn since, Set<String> missing, boolean readAlone) {

    LastPrimary {
        missing = Set.copyOf(missing);
    }

    /**
     * As of a look at which it is the primary.
     *
     * @param before as of the look before, where it was the primary, too; null: it was not
     */
    static LastPrimary of(Seen primary, @Nullable LastPrimary before) {
        Answer answer = primary.answer();
        int timeline = primary.identity().timeline();
        boolean goesOn = before != null
                && before.id().equals(primary.id())
                && before.timeline() == timeline
                && before.kept().isBySame(answer.kept());
        return goesOn
                ? new LastPrimary(
                        primary.id(), timeline, answer.kept().after(before.kept()), before.since(), Set.of(), false)
                : new LastPrimary(primary.id(), timeline, answer.kept(), answer.lsn(), Set.of(), false);
    }

    /** As of a look at these nodes, none of which is the primary. */
    LastPrimary lost(List<Seen> nodes, boolean isRead) {
        Set<String> all = new HashSet<>(missing);
        nodes.stream()
                .filter(node -> node.state() == NodeState.DOWN || node.state() == NodeState.UNKNOWN)
                .filter(this::isStandby)
                .map(Seen::id)
                .forEach(all::add);
        return new LastPrimary(id, timeline, kept, since, all, readAlone || isRead);
    }

    /**
     * Whether the next primary has all: where commits waited for standbys, one of those that answer has them, unless as many are
     * away as had to confirm. It is the next one, if that is a standby too, and no other one has more.
     */
    boolean isContinuedBy(Seen next, List<Seen> nodes) {
        Set<String> away = new HashSet<>(missing);
        nodes.stream()
                .filter(node -> !node.up())
                .filter(this::isStandby)
                .map(Seen::id)
                .forEach(away::add);
        Lsn end = next.identity().history().end(timeline);
        return !readAlone
                && kept.by() > away.size()
                && isStandby(next)
                && end != null
                && has(end)
                && nodes.stream().noneMatch(node -> hasMore(node, end));
    }

    private boolean has(Lsn end) {
        Lsn upTo = kept.upTo();
        return upTo != null && since.compareTo(upTo) <= 0 && kept.isWholeAt(end);
    }

    /** Whether it may have replayed more of that timeline than up to there: if its history is not known, it may. */
    private boolean hasMore(Seen node, Lsn end) {
        if (!node.up() || !isStandby(node)) {
            return false;
        }
        Identity identity = node.identity();
        if (identity == null) {
            return true;
        }
        Lsn had = identity.timeline() == timeline
                ? node.answer().lsn()
                : identity.history().end(timeline);
        return had != null && had.compareTo(end) > 0;
    }

    /** Whether commits waited for it, among others. */
    private boolean isStandby(Seen node) {
        return !node.id().equals(id) && kept.isBy(node.id());
    }
}
