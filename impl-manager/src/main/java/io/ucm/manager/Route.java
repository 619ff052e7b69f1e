// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.Epoch;
import io.ucm.spi.NodeAddress;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which node of a cluster serves what, now. Immutable.
 *
 * @param primary takes the writes; null while there is none
 * @param why why there is no primary; null when there is one
 * @param readable the others that may serve reads
 * @param far which of these are read only where the others would let it wait
 * @param unwritable the primary that is there and takes no writes, because it has lost its standbys; null: there is none
 * @param epoch the history that the cluster's writes belong to; null where nobody knows
 * @param silent give no answer any more: what waits for one waits in vain
 * @param fenced must not be written to by what was begun there before, either
 */
record Route(
        @Nullable NodeAddress primary,
        @Nullable String why,
        List<NodeAddress> readable,
        Set<NodeAddress> far,
        @Nullable NodeAddress unwritable,
        @Nullable Epoch epoch,
        Set<NodeAddress> silent,
        Set<NodeAddress> fenced) {

    Route(@Nullable NodeAddress primary, @Nullable String why, List<NodeAddress> readable) {
        this(primary, why, readable, Set.of(), null, null, Set.of(), Set.of());
    }

    static Route to(NodeAddress primary) {
        return new Route(primary, null, List.of());
    }

    static Route none(String why) {
        return new Route(null, why, List.of());
    }
}
