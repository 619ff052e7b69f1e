// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Distance;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a judgement leaves for the next one.
 *
 * @param history of the last primary; null while there was none
 * @param written how far the last primary had written, as far as it was asked
 * @param fresh the ids of the replicas that were within the lag limits when there was last a primary to compare with
 * @param distances of the replicas that are readable, by id
 * @param last null while there was no primary
 * @param lossy whether what was committed before the known timeline may not be in it
 */
record Standing(
        @Nullable Remembered remembered,
        @Nullable String primary,
        @Nullable History history,
        Written written,
        Set<String> fresh,
        Map<String, Distance> distances,
        @Nullable LastPrimary last,
        boolean lossy) {

    Standing {
        fresh = Set.copyOf(fresh);
        distances = Map.copyOf(distances);
    }

    static Standing first(@Nullable Remembered remembered) {
        return new Standing(remembered, null, null, Written.NOTHING, Set.of(), Map.of(), null, false);
    }
}
