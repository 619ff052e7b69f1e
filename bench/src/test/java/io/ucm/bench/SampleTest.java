// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SampleTest {

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(new Sample(4, 1, 3, 2).median()).isEqualTo(2.5);
        assertThat(new Sample(9, 1, 5).median()).isEqualTo(5);
    }

    @Test
    void percentilesAreLinearBetweenTheNearestTwo() {
        Sample sample = new Sample(0, 10, 20, 30, 40);

        assertThat(sample.percentile(0)).isZero();
        assertThat(sample.percentile(25)).isEqualTo(10);
        assertThat(sample.percentile(90)).isEqualTo(36);
        assertThat(sample.percentile(100)).isEqualTo(40);
    }

    @Test
    void theSpreadOfManyRoundsIsBetweenTheirQuartiles() {
        assertThat(new Sample(1, 2, 3, 4, 5, 6, 7, 8, 1000).spread()).isEqualTo(4);
    }

    @Test
    void theSpreadOfFewRoundsIsAllOfIt() {
        assertThat(new Sample(5, 1, 1000).spread()).isEqualTo(999);
    }

    @Test
    void differencesAreTakenRoundByRound() {
        Sample moody = new Sample(90, 10, 20);
        Sample alike = new Sample(85, 7, 16);

        assertThat(moody.with(alike, (mine, its) -> mine - its).median()).isEqualTo(4);
    }

    @Test
    void samplesOfDifferentRoundsHaveNoDifference() {
        assertThatThrownBy(() -> new Sample(1, 2).with(new Sample(1), Double::sum))
                .hasMessageContaining("2 and of 1 rounds");
    }

    @Test
    void jainIsOneWhereAllHaveTheSame() {
        assertThat(Sample.jain(7, 7, 7)).isEqualTo(1);
    }

    @Test
    void jainIsOneNthWhereOneHasItAll() {
        assertThat(Sample.jain(0, 12, 0, 0)).isEqualTo(0.25);
    }

    @Test
    void jainWeighsSharesThatDiffer() {
        assertThat(Sample.jain(1, 3)).isEqualTo(0.8);
    }

    @Test
    void jainIsNoneWhereNobodyHasAnything() {
        assertThat(Sample.jain(0, 0)).isZero();
    }
}
