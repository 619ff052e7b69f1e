// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A promotion that was begun for one timeline, or that could be.
 *
 * @param primary the one that was lost
 * @param acknowledged how far the standbys had confirmed its WAL when that was last asked
 * @param at when it was begun, which tells how long it counts
 * @param node the only one that may be promoted for that timeline, because it may have been told to; null: nobody was
 */
record Pledge(
        String systemId,
        int timeline,
        Lsn begin,
        String primary,
        Lsn acknowledged,
        Instant at,
        @Nullable String node) {

    /** So long the one who comes after may go on without having seen the primary alive. */
    private static final Duration VALID = Duration.ofSeconds(60);
    /** The same, where the primary was alive: an exchange takes no longer, and in more time much may be set differently. */
    private static final Duration VALID_WHEN_ALIVE = Duration.ofSeconds(10);

    static Pledge of(Evidence evidence, @Nullable String node, Instant at) {
        return new Pledge(
                evidence.systemId(),
                evidence.timeline(),
                evidence.begin(),
                evidence.primary(),
                evidence.acknowledged(),
                at,
                node);
    }

    /** What the one who comes after may begin with. */
    static Pledge ahead(Evidence evidence, @Nullable String node, Instant now) {
        return of(evidence, node, now.minus(VALID).plus(VALID_WHEN_ALIVE));
    }

    boolean isFor(Remembered remembered) {
        return evidence().isFor(remembered);
    }

    boolean carries(@Nullable Evidence other) {
        return evidence().equals(other);
    }

    /** What it was begun with; null when that is too long ago. */
    @Nullable
    Evidence evidence(Instant now) {
        return at.plus(VALID).isBefore(now) || at.isAfter(now.plus(VALID)) ? null : evidence();
    }

    private Evidence evidence() {
        return new Evidence(primary, systemId, timeline, begin, acknowledged);
    }
}
