// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the primary had written, and when it said so: between which bounds the time lies that a replica is behind. What
 * a replica tells itself is the age of its last transaction, which says nothing where there are none. Immutable.
 *
 * @param samples oldest first
 */
record Written(List<Sample> samples) {

    static final Written NOTHING = new Written(List.of());

    /** More than two minutes at one look in a second: what is behind by more is not read anyway. */
    private static final int MOST = 128;

    /** A position, and when the primary said first and last that it was there. */
    record Sample(Lsn lsn, Instant first, Instant last) {}

    Written {
        samples = List.copyOf(samples);
    }

    /** The primary, which may be another one, has written so far. */
    Written with(Lsn lsn, Instant at) {
        Sample latest = latestSample();
        int order = latest == null ? 1 : lsn.compareTo(latest.lsn());
        if (order < 0) {
            return NOTHING.with(lsn, at);
        }
        List<Sample> more = new ArrayList<>(samples);
        if (order == 0) {
            more.set(more.size() - 1, new Sample(lsn, latest.first(), at));
        } else {
            more.add(new Sample(lsn, at, at));
        }
        return new Written(more.subList(Math.max(0, more.size() - MOST), more.size()));
    }

    /** Null before the first. */
    @Nullable
    Lsn latest() {
        Sample latest = latestSample();
        return latest == null ? null : latest.lsn();
    }

    /** What a replica has not replayed was there for at least so long. */
    Duration missingSince(Lsn replayed, Instant now) {
        return samples.stream()
                .filter(sample -> sample.lsn().compareTo(replayed) > 0)
                .findFirst()
                .map(sample -> between(sample.first(), now))
                .orElse(Duration.ZERO);
    }

    /** What a replica has replayed was all that there was so long ago at most; null: not known. */
    @Nullable
    Duration knownWithin(Lsn replayed, Instant now) {
        return samples.stream()
                .filter(sample -> sample.lsn().compareTo(replayed) <= 0)
                .reduce((older, newer) -> newer)
                .map(sample -> between(sample.last(), now))
                .orElse(null);
    }

    private static Duration between(Instant from, Instant to) {
        return to.isAfter(from) ? Duration.between(from, to) : Duration.ZERO;
    }

    private @Nullable Sample latestSample() {
        return samples.isEmpty() ? null : samples.get(samples.size() - 1);
    }
}
