// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a judgement leaves for the next one.
 *
 * @param written how far the last primary had written when it was last asked
 * @param fresh the ids of the replicas that were within the lag limits when there was last a primary to compare with
 */
record Standing(
        @Nullable Remembered remembered,
        @Nullable String primary,
        @Nullable Lsn written,
        Set<String> fresh) {

    Standing {
        fresh = Set.copyOf(fresh);
    }

    static Standing first(@Nullable Remembered remembered) {
        return new Standing(remembered, null, null, Set.of());
    }
}
