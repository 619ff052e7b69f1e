// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a judgement leaves for the next one.
 *
 * @param history of the last primary; null while there was none
 * @param written how far the last primary had written, as far as it was asked
 * @param fresh the ids of the replicas that were within the lag limits when there was last a primary to compare with
 * @param far the ids of the replicas that are read only where the nearer ones are full
 * @param last the id of the last primary; null while there was none
 * @param required how many standbys its commits waited for; 0: none, or that is not known
 * @param lossy whether what was committed before the known timeline may not be in it
 */
record Standing(
        @Nullable Remembered remembered,
        @Nullable String primary,
        @Nullable History history,
        Written written,
        Set<String> fresh,
        Set<String> far,
        @Nullable String last,
        int required,
        boolean lossy) {

    Standing {
        fresh = Set.copyOf(fresh);
        far = Set.copyOf(far);
    }

    static Standing first(@Nullable Remembered remembered) {
        return new Standing(remembered, null, null, Written.NOTHING, Set.of(), Set.of(), null, 0, false);
    }
}
