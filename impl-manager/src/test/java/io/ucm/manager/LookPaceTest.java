// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LookPaceTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final AtomicInteger changes = new AtomicInteger(3);
    private final LookPace pace = new LookPace(changes, now::get);

    @Test
    void theFirstLookIsDueAtOnce() {
        assertThat(pace.isDue()).isTrue();
        assertThat(pace.untilNext()).isZero();
    }

    @Test
    void whoIsRefusedLooksLessAndLessOften() {
        look(LookPace.Found.REFUSED, 1);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
        look(LookPace.Found.REFUSED, 1);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(200));

        look(LookPace.Found.REFUSED, 20);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMinutes(5));

        pass(Duration.ofMinutes(5).minusNanos(1));
        assertThat(pace.isDue()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(pace.isDue()).isTrue();
    }

    @Test
    void aServerThatSaidNothingIsAskedAgainWithinTenSeconds() {
        look(LookPace.Found.REFUSED, 20);

        look(LookPace.Found.NOTHING, 20);

        assertThat(pace.untilNext()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void whereAllIsWellItLooksEachTenMinutesAndIsQuickWhenThatEnds() {
        look(LookPace.Found.REFUSED, 20);

        look(LookPace.Found.GOOD, 2);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMinutes(10));

        look(LookPace.Found.REFUSED, 1);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void whatMayHaveChangedIsLookedAtOnceAndThenOften() {
        look(LookPace.Found.REFUSED, 20);

        pace.soon();

        assertThat(pace.isDue()).isTrue();
        look(LookPace.Found.REFUSED, 1);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void whatAnotherManagerChangedIsLookedAtOnceAndThenOften() {
        look(LookPace.Found.REFUSED, 20);

        changes.incrementAndGet();

        assertThat(pace.isDue()).isTrue();
        look(LookPace.Found.REFUSED, 1);
        assertThat(pace.untilNext()).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void whatChangesDuringALookIsLookedAtAfterIt() {
        pace.begin();
        changes.incrementAndGet();
        pace.end(LookPace.Found.REFUSED);
        assertThat(pace.isDue()).isTrue();

        pace.begin();
        pace.soon();
        pace.end(LookPace.Found.REFUSED);
        assertThat(pace.isDue()).isTrue();

        look(LookPace.Found.REFUSED, 1);
        assertThat(pace.isDue()).isFalse();
    }

    private void look(LookPace.Found found, int times) {
        for (int i = 0; i < times; i++) {
            pace.begin();
            pace.end(found);
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
