// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** For whom, and for how long, what is left to the one who comes after counts. */
class PledgeTest {

    private static final Evidence EVIDENCE = new Evidence("n1", TestNode.OURS, 1, Lsn.START, Lsn.parse("0/3000000"));
    private static final Instant NOW = TestNode.AT;

    @Test
    void whatWasBegunCountsForAMinuteAndIsNothingBesideALivePrimary() {
        Pledge begun = Pledge.begun(EVIDENCE, null, NOW);

        assertThat(begun.evidence(NOW.plusSeconds(60))).isEqualTo(EVIDENCE);
        assertThat(begun.evidence(NOW.plusSeconds(61))).isNull();
        assertThat(begun.evidence(NOW.minusSeconds(61))).isNull();
        assertThat(begun.age(NOW)).isNull();
    }

    @Test
    void whatWasSeenCountsForTenSecondsSinceThatBesideALivePrimary() {
        Pledge left = Pledge.left(EVIDENCE, null, NOW.plusSeconds(4), NOW);

        assertThat(left.evidence(NOW.plusSeconds(14))).isEqualTo(EVIDENCE);
        assertThat(left.evidence(NOW.plusSeconds(15))).isNull();
        assertThat(left.age(NOW)).isZero();
        assertThat(left.age(NOW.plusMillis(9_999))).isEqualTo(Duration.ofMillis(9_999));
        assertThat(left.age(NOW.plusSeconds(10))).isNull();
        assertThat(left.age(NOW.minusMillis(1))).isNull();
    }

    @Test
    void anAttemptIsBegunAnewWithWhatIsOnlyLeftOrTooOld() {
        assertThat(Pledge.begun(EVIDENCE, null, NOW).isBegunWith(EVIDENCE, NOW)).isTrue();
        assertThat(Pledge.begun(EVIDENCE, null, NOW).isBegunWith(EVIDENCE, NOW.plusSeconds(61)))
                .isFalse();
        assertThat(Pledge.begun(EVIDENCE, null, NOW).isBegunWith(null, NOW)).isFalse();
        assertThat(Pledge.left(EVIDENCE, null, NOW, NOW).isBegunWith(EVIDENCE, NOW))
                .isFalse();
    }

    @Test
    void whatIsRefutedCountsForNobodyAndStillNamesWhoMayHaveBeenTold() {
        Pledge refuted = Pledge.left(EVIDENCE, "n2", NOW, NOW).refuted();

        assertThat(refuted.evidence(NOW)).isNull();
        assertThat(refuted.age(NOW)).isNull();
        assertThat(refuted.node()).isEqualTo("n2");
    }
}
