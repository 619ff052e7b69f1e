// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When what was refused is tried again. */
class PaceTest {

    private static final Evidence EVIDENCE = new Evidence("n1", TestNode.OURS, 1, Lsn.START, Lsn.parse("0/3000000"));

    private final AtomicLong now = new AtomicLong();
    private final Pace pace = new Pace(Duration.ofMillis(100), now::get);

    @Test
    void theFirstTryIsDueAtOnce() {
        assertThat(pace.isDue("a")).isTrue();
    }

    @Test
    void whatIsRefusedAgainIsTriedLessOftenUpToASecond() {
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            refused("a");
            waits.add(msUntilDue("a"));
        }

        assertThat(waits).containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void whatHasChangedIsTriedAtOnceAndOftenAgain() {
        refused("a");
        refused("a");
        refused("a");

        assertThat(pace.isDue("a")).isFalse();
        assertThat(pace.isDue("b")).isTrue();
        refused("b");
        assertThat(msUntilDue("b")).isEqualTo(100);
    }

    @Test
    void theNextLossIsAFirstTry() {
        refused("a");
        pace.forget();

        assertThat(pace.isDue("a")).isTrue();
    }

    @Test
    void aLookThatTellsNothingNewChangesNothing() {
        Object before = Pace.basis(List.of(TestNode.replica("n2").seen()), EVIDENCE);
        TestNode later = TestNode.replica("n2").after(Duration.ofSeconds(1));

        assertThat(Pace.basis(List.of(later.seen()), EVIDENCE)).isEqualTo(before);
        assertThat(Pace.basis(List.of(later.at("0/3000001").seen()), EVIDENCE)).isNotEqualTo(before);
        assertThat(Pace.basis(List.of(TestNode.replica("n2").down()), EVIDENCE)).isNotEqualTo(before);
    }

    private void refused(Object basis) {
        pace.begins(basis);
        pace.refused();
    }

    private long msUntilDue(Object basis) {
        long begin = now.get();
        while (!pace.isDue(basis)) {
            now.addAndGet(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return TimeUnit.NANOSECONDS.toMillis(now.get() - begin);
    }
}
