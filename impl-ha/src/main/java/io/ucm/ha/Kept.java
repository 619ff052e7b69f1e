// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has what a primary has acknowledged.
 *
 * @param names the value of synchronous_standby_names
 * @param by how many of the cluster's other nodes have each commit, at least
 * @param upTo where as many standbys as have to had confirmed everything; null: that is not known
 * @param all how far all of the other nodes had it; null: not all stream
 */
record Kept(
        String names, int by, @Nullable Lsn upTo, @Nullable Lsn all) {

    /** Nobody knows whom commits wait for. */
    static final Kept UNKNOWN = new Kept("", 0, null, null);

    /** The values of synchronous_commit with which commits wait for no standby. */
    private static final Set<String> WAITS_FOR_NOBODY = Set.of("off", "local");

    /**
     * @param nodes the ids of the cluster's nodes; a standby that has another name is none of them
     * @param names the value of synchronous_standby_names
     * @param commit the value of synchronous_commit
     * @param confirmed how far each of its standbys that stream had, in any order
     */
    static Kept of(List<String> nodes, String names, String commit, List<Lsn> confirmed) {
        int required = Quorum.required(names);
        List<String> ours =
                nodes.stream().map(node -> node.toLowerCase(Locale.ROOT)).toList();
        List<String> named = StandbyNames.all(names);
        long others = named.stream().filter(name -> !ours.contains(name)).count();
        boolean allStream = confirmed.size() >= ours.size() - 1 + others;
        boolean anybody = named.contains("*") || WAITS_FOR_NOBODY.contains(commit);
        return new Kept(
                names,
                anybody ? 0 : (int) Math.max(0, required - others),
                byEnough(required, confirmed),
                allStream ? confirmed.stream().min(Comparator.naturalOrder()).orElse(null) : null);
    }

    /** How far so many of them had at least; null where nobody is waited for, or not enough stream. */
    static @Nullable Lsn byEnough(int required, List<Lsn> confirmed) {
        return required == 0 || confirmed.size() < required
                ? null
                : confirmed.stream().sorted(Comparator.reverseOrder()).toList().get(required - 1);
    }

    /** Whether commits wait for that node, among others. */
    boolean isBy(String node) {
        return StandbyNames.all(names).contains(node.toLowerCase(Locale.ROOT));
    }

    /** Whether commits wait for the same ones there, some of whom are nodes of the cluster. */
    boolean isBySame(Kept other) {
        return by > 0 && by == other.by() && names.equals(other.names());
    }

    /** With the positions of the look before where they are later: a standby may have left since. */
    Kept after(Kept before) {
        return new Kept(names, by, later(upTo, before.upTo()), later(all, before.all()));
    }

    private static @Nullable Lsn later(@Nullable Lsn one, @Nullable Lsn other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.compareTo(other) < 0 ? other : one;
    }

    /**
     * Whether a node that leaves the timeline there goes on with all commits that were confirmed. What was confirmed may end
     * within a record, which it leaves out then: where all nodes had so much, it has whatever is whole.
     */
    boolean isWholeAt(Lsn end) {
        return upTo != null
                && (upTo.compareTo(end) <= 0 || upTo.isPageEnd() && all != null && upTo.compareTo(all) <= 0);
    }
}
