// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A promotion that was begun for one timeline, or what is left to the one who comes after and may have to begin it.
 *
 * @param primary the one that was lost
 * @param acknowledged how far the standbys had confirmed its WAL when that was last asked
 * @param at when it was begun or left, which tells how long it counts
 * @param node the only one that may be promoted for that timeline, because it may have been told to; null: nobody was
 * @param seen when the live primary was seen to be replaceable by the one who left it; null: it was begun
 */
record Pledge(
        String systemId,
        int timeline,
        Lsn begin,
        String primary,
        Lsn acknowledged,
        Instant at,
        @Nullable String node,
        @Nullable Instant seen) {

    /** So long the one who comes after may go on with what was begun. */
    private static final Duration LASTS = Duration.ofSeconds(60);
    /** The same for what was only seen: an exchange takes no longer, and in more time much may be set differently. */
    static final Duration LASTS_WHEN_SEEN = Duration.ofSeconds(10);

    static Pledge begun(Evidence evidence, @Nullable String node, Instant at) {
        return of(evidence, node, at, null);
    }

    static Pledge left(Evidence evidence, @Nullable String node, Instant at, Instant seen) {
        return of(evidence, node, at, seen);
    }

    private static Pledge of(Evidence evidence, @Nullable String node, Instant at, @Nullable Instant seen) {
        return new Pledge(
                evidence.systemId(),
                evidence.timeline(),
                evidence.begin(),
                evidence.primary(),
                evidence.acknowledged(),
                at,
                node,
                seen);
    }

    /** What is left when it is not so any more: which node may have been told. */
    Pledge refuted() {
        return begun(evidence(), node, Instant.EPOCH);
    }

    boolean isFor(Remembered remembered) {
        return evidence().isFor(remembered);
    }

    /** Whether a promotion was begun with it that the one who comes after may go on with. */
    boolean isBegunWith(@Nullable Evidence other, Instant now) {
        return seen == null && evidence().equals(other) && evidence(now) != null;
    }

    /** What one may begin with who has not seen the primary; null when it no longer counts. */
    @Nullable
    Evidence evidence(Instant now) {
        Duration lasts = seen == null ? LASTS : LASTS_WHEN_SEEN;
        return at.plus(lasts).isBefore(now) || at.isAfter(now.plus(lasts)) ? null : evidence();
    }

    /** How long ago the live primary was seen; null when that is unknown, or too long for one who sees it as well. */
    @Nullable
    Duration age(Instant now) {
        Duration age = seen == null ? null : Duration.between(seen, now);
        return age == null || age.isNegative() || age.compareTo(LASTS_WHEN_SEEN) >= 0 ? null : age;
    }

    Evidence evidence() {
        return new Evidence(primary, systemId, timeline, begin, acknowledged);
    }
}
