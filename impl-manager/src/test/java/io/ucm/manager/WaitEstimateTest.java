// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WaitEstimateTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    /** Near enough that anything tells of it. */
    private static final long SOON = 1;

    private final WaitEstimate estimate = new WaitEstimate();

    @Test
    void knowsNothingAtFirst() {
        assertThat(estimate.expected(1, 10, SOON, 0)).isEqualTo(WaitEstimate.UNKNOWN);
        estimate.held(MS, 20 * SECOND);
        assertThat(estimate.expected(1, 10, SOON, 20 * SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
        assertThat(estimate.work(20 * SECOND)).isZero();
    }

    @Test
    void beginsWithHowLongPermitsAreHeld() {
        long now = hold(20 * MS, 100, 20 * SECOND);

        assertThat(estimate.expected(3, 10, SOON, now)).isCloseTo(6 * MS, Offset.offset(MS / 100));
        assertThat(estimate.expected(3, 0, SOON, now)).isEqualTo(WaitEstimate.UNKNOWN);
        assertThat(estimate.work(now)).isCloseTo(20 * MS, Offset.offset(MS / 100));
    }

    @Test
    void believesWhatItSeesInTheQueueRatherThanThat() {
        hold(20 * MS, 100, 20 * SECOND);
        long now = grant(7 * MS, 100, 20 * SECOND);

        assertThat(estimate.expected(3, 10, SOON, now)).isCloseTo(21 * MS, Offset.offset(MS / 100));
    }

    @Test
    void forgetsTheQueueWhenItIsEmpty() {
        hold(20 * MS, 100, 20 * SECOND);
        long now = grant(7 * MS, 100, 20 * SECOND);
        estimate.restart();
        estimate.granted(now);
        estimate.granted(now + 1);

        assertThat(estimate.expected(1, 10, SOON, now)).isCloseTo(2 * MS, Offset.offset(MS / 100));
    }

    @Test
    void doesNotTrustWhatIsOld() {
        long now = hold(20 * MS, 100, 20 * SECOND);

        assertThat(estimate.expected(1, 10, SOON, now + 11 * SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
        assertThat(estimate.work(now + 11 * SECOND)).isZero();
        estimate.held(MS, now + 11 * SECOND);
        assertThat(estimate.expected(1, 10, SOON, now + 11 * SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    /** A second's slow start says nothing of ten seconds. */
    @Test
    void doesNotSpeakOfALongTimeAfterAShortOne() {
        long now = grant(10 * MS, 100, 20 * SECOND);

        assertThat(estimate.expected(1_000, 10, 3 * SECOND, now)).isCloseTo(10 * SECOND, Offset.offset(SECOND / 10));
        assertThat(estimate.expected(1_000, 10, 10 * SECOND, now)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    /** The first connection of a pool that is being opened says nothing of ten seconds. */
    @Test
    void doesNotSpeakOfALongTimeAfterThePermitsChanged() {
        long now = hold(100 * MS, 200, 20 * SECOND);
        estimate.permitsChanged(now);

        assertThat(estimate.expected(50, 1, 4 * SECOND, now + SECOND))
                .isCloseTo(5 * SECOND, Offset.offset(SECOND / 100));
        assertThat(estimate.expected(50, 1, 5 * SECOND, now + SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    @Test
    void aStallThatIsOverCountsLittle() {
        long now = grant(MS, 100, 20 * SECOND) + 30 * SECOND;
        estimate.granted(now);

        assertThat(estimate.expected(1, 10, SOON, now)).isLessThan(2 * MS);
    }

    @Test
    void followsALoadThatSlowsDown() {
        long now = grant(MS, 100, 20 * SECOND);
        now = grant(100 * MS, 200, now);

        assertThat(estimate.expected(1, 10, SOON, now)).isCloseTo(100 * MS, Offset.offset(MS));
    }

    /** A long report among a hundred short reads says nothing of a read. */
    @Test
    void theShortWorkIsWhatACallerNeedsTimeFor() {
        long now = 20 * SECOND;
        for (int round = 0; round < 20; round++) {
            now = hold(2 * MS, 9, now);
            now = hold(500 * MS, 1, now);
        }

        assertThat(estimate.work(now)).isBetween(2 * MS, 50 * MS);
    }

    @Test
    void workThatBecomesLongIsNoticed() {
        long now = hold(2 * MS, 100, 20 * SECOND);
        now = hold(100 * MS, 300, now);

        assertThat(estimate.work(now)).isBetween(80 * MS, 100 * MS);
    }

    private long hold(long nanos, int times, long from) {
        long now = from;
        for (int i = 0; i < times; i++, now += MS) {
            estimate.held(nanos, now);
        }
        return now;
    }

    private long grant(long gap, int times, long from) {
        long now = from;
        for (int i = 0; i < times; i++) {
            now += gap;
            estimate.granted(now);
        }
        return now;
    }
}
