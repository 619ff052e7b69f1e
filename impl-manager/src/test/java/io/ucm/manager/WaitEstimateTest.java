// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class WaitEstimateTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    private final WaitEstimate estimate = new WaitEstimate();

    @Test
    void knowsNothingAtFirst() {
        assertThat(estimate.perGrant(10, 0)).isEqualTo(WaitEstimate.UNKNOWN);
        estimate.held(MS, SECOND);
        assertThat(estimate.perGrant(10, SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    @Test
    void beginsWithHowLongPermitsAreHeld() {
        hold(20 * MS, 100, SECOND);

        assertThat(estimate.perGrant(10, SECOND)).isCloseTo(2 * MS, Offset.offset(MS / 100));
        assertThat(estimate.perGrant(0, SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    @Test
    void believesWhatItSeesInTheQueueRatherThanThat() {
        hold(20 * MS, 100, SECOND);
        grant(7 * MS, 100, SECOND);

        assertThat(estimate.perGrant(10, SECOND)).isCloseTo(7 * MS, Offset.offset(MS / 100));
    }

    @Test
    void forgetsTheQueueWhenItIsEmpty() {
        hold(20 * MS, 100, SECOND);
        grant(7 * MS, 100, SECOND);
        estimate.restart();
        estimate.granted(SECOND);
        estimate.granted(2 * SECOND);

        assertThat(estimate.perGrant(10, SECOND)).isCloseTo(2 * MS, Offset.offset(MS / 100));
    }

    @Test
    void doesNotTrustWhatIsOld() {
        hold(20 * MS, 100, SECOND);

        assertThat(estimate.perGrant(10, 12 * SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
        estimate.held(MS, 12 * SECOND);
        assertThat(estimate.perGrant(10, 12 * SECOND)).isEqualTo(WaitEstimate.UNKNOWN);
    }

    @Test
    void aStallThatIsOverCountsLittle() {
        grant(MS, 100, SECOND);
        estimate.granted(31 * SECOND);

        assertThat(estimate.perGrant(10, 31 * SECOND)).isLessThan(2 * MS);
    }

    @Test
    void followsALoadThatHasSlowedDown() {
        grant(MS, 100, SECOND);
        estimate.restart();
        grant(100 * MS, 100, 100 * SECOND);

        assertThat(estimate.perGrant(10, 100 * SECOND)).isCloseTo(100 * MS, Offset.offset(MS));
    }

    private void hold(long nanos, int times, long at) {
        for (int i = 0; i < times; i++) {
            estimate.held(nanos, at);
        }
    }

    private void grant(long gap, int times, long from) {
        for (int i = 0; i <= times; i++) {
            estimate.granted(from + i * gap);
        }
    }
}
