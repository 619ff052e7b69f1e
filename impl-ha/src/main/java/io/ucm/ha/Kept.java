// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who has what a primary has acknowledged.
 *
 * @param by how many of the cluster's other nodes have each commit, at least
 * @param upTo where as many standbys as have to had confirmed everything; null: that is not known
 */
record Kept(int by, @Nullable Lsn upTo) {

    /** Commits wait for nobody, or nobody knows for whom. */
    static final Kept UNKNOWN = new Kept(0, null);

    /**
     * @param nodes the ids of the cluster's nodes; a standby that has another name is none of them
     * @param names the value of synchronous_standby_names
     * @param confirmed how far each of its standbys that stream had, in any order
     */
    static Kept of(List<String> nodes, String names, List<Lsn> confirmed) {
        int required = Quorum.required(names);
        List<String> ours =
                nodes.stream().map(node -> node.toLowerCase(Locale.ROOT)).toList();
        long others = StandbyNames.all(names).stream()
                .filter(name -> !ours.contains(name))
                .count();
        return new Kept((int) Math.max(0, required - others), byEnough(required, confirmed));
    }

    /** How far so many of them had at least; null where nobody is waited for, or not enough stream. */
    static @Nullable Lsn byEnough(int required, List<Lsn> confirmed) {
        return required == 0 || confirmed.size() < required
                ? null
                : confirmed.stream().sorted(Comparator.reverseOrder()).toList().get(required - 1);
    }

    /** With the position of the look before, where this one has none: nothing was acknowledged since. */
    Kept since(Kept before) {
        return upTo == null ? new Kept(by, before.upTo()) : this;
    }
}
