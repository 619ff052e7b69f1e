// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a promotion, or its undoing, starts from.
 *
 * @param primary the id of the one that was lost
 * @param known the history that writes belong to; null: nothing is remembered
 * @param evidence what was seen of that primary; null: nothing that proves anything
 * @param pledge the promotion that was begun for the known timeline; null: none was
 * @param forced by a person, who takes a loss upon them
 */
record Order(
        String primary,
        @Nullable Remembered known,
        @Nullable Evidence evidence,
        @Nullable Pledge pledge,
        boolean forced) {

    /** The one node that may be promoted for the known timeline, because it may have been told to; null: any. */
    @Nullable
    String only() {
        return pledge == null ? null : pledge.node();
    }

    /** Whether somebody who comes after could go on with it. */
    boolean isBegun() {
        return pledge != null && pledge.isBegunWith(evidence, Instant.now());
    }
}
