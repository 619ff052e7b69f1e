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
 */
record Kept(String names, int by, @Nullable Lsn upTo) {

    /** Nobody knows whom commits wait for. */
    static final Kept UNKNOWN = new Kept("", 0, null);

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
        boolean anybody = named.contains("*") || WAITS_FOR_NOBODY.contains(commit);
        return new Kept(names, anybody ? 0 : (int) Math.max(0, required - others), byEnough(required, confirmed));
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

    /** With the position of the look before where that is later: a standby may have left since. */
    Kept after(Kept before) {
        Lsn earlier = before.upTo();
        boolean isLater = earlier != null && (upTo == null || earlier.compareTo(upTo) > 0);
        return isLater ? new Kept(names, by, earlier) : this;
    }
}
