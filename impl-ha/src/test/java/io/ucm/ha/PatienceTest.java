// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PatienceTest {

    private static final Duration LIMIT = Duration.ofMillis(600);

    private final Patience patience = new Patience(LIMIT);

    @Test
    void isTheConfiguredTimeWhereAnswersAreFast() {
        for (int i = 0; i < 50; i++) {
            patience.answered(Duration.ofMillis(3));
        }

        assertThat(patience.limit()).isEqualTo(LIMIT);
    }

    @Test
    void growsWithTheWay() {
        for (int i = 0; i < 50; i++) {
            patience.answered(Duration.ofMillis(400));
        }
        assertThat(patience.limit()).isBetween(Duration.ofMillis(1500), Duration.ofMillis(1600));

        for (int i = 0; i < 50; i++) {
            patience.answered(Duration.ofMillis(3));
        }
        assertThat(patience.limit()).isEqualTo(LIMIT);
    }

    @Test
    void endsSomewhere() {
        for (int i = 0; i < 50; i++) {
            patience.answered(Duration.ofMinutes(1));
        }

        assertThat(patience.limit()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void isOverWhenNothingTellsOfLife() {
        assertThat(patience.more(LIMIT, 0, Optional.empty())).isZero();
        assertThat(patience.more(LIMIT, 0, Optional.of(Duration.ofSeconds(2)))).isZero();
    }

    @Test
    void lastsForAsLongAsOthersAreAnswered() {
        assertThat(patience.more(LIMIT, 0, Optional.of(Duration.ofMillis(100)))).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void lastsLongerWhereThisProcessWasStarved() {
        assertThat(patience.more(LIMIT, Duration.ofMillis(200).toNanos(), Optional.empty()))
                .isEqualTo(Duration.ofMillis(200));
        assertThat(patience.more(LIMIT, Duration.ofSeconds(5).toNanos(), Optional.empty()))
                .isEqualTo(LIMIT);
    }
}
