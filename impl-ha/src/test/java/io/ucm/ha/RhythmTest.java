// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RhythmTest {

    private static final HaSettings SETTINGS = HaSettings.BUILT_IN;

    private long now = 5;
    private final Rhythm rhythm = new Rhythm(SETTINGS, () -> now);

    @Test
    void withAPrimaryThereIsNoHurry() {
        assertThat(rhythm.next(true)).isEqualTo(SETTINGS.interval());
        pass(Rhythm.URGENT);
        assertThat(rhythm.next(true)).isEqualTo(SETTINGS.interval());
    }

    @Test
    void aLostPrimaryIsUrgentForAWhile() {
        rhythm.next(true);
        pass(Duration.ofHours(1));
        assertThat(rhythm.next(false)).isEqualTo(SETTINGS.urgentInterval());
        pass(Rhythm.URGENT.minusNanos(1));
        assertThat(rhythm.next(false)).isEqualTo(SETTINGS.urgentInterval());
        pass(Duration.ofNanos(1));
        assertThat(rhythm.next(false)).isEqualTo(SETTINGS.interval());
    }

    @Test
    void theNextLossIsUrgentAgain() {
        rhythm.next(false);
        pass(Rhythm.URGENT);
        rhythm.next(true);
        assertThat(rhythm.next(false)).isEqualTo(SETTINGS.urgentInterval());
    }

    @Test
    void itIsUrgentInTheBeginning() {
        assertThat(rhythm.next(false)).isEqualTo(SETTINGS.urgentInterval());
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }
}
