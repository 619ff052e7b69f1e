// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A promotion that was begun for one timeline.
 *
 * @param primary the one that was lost
 * @param acknowledged how far the standbys had confirmed its WAL when that was last asked
 * @param at when it was begun
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
