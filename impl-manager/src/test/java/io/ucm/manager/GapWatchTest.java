// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Priority;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GapWatchTest {

    private static final Consumer CONSUMER = new Consumer(Workbench.bundle(1, "orders"));
    private static final long HOUR = TimeUnit.HOURS.toNanos(1);
    private static final double HOUR_MS = TimeUnit.HOURS.toMillis(1);

    private final Gate gate = new Gate(() -> 0);
    private final List<Gate> gates = new ArrayList<>(List.of(gate));
    private final GapWatch watch = new GapWatch(() -> gates);

    @Test
    void whereNobodyIsThereNothingIsMissing() {
        gate.resize(1);
        watch.look(System.nanoTime() + HOUR);

        assertThat(watch.longestGapMs()).isLessThan(HOUR_MS / 2);
    }

    @Test
    void whoIsInsideAndNotDoneIsAGap() {
        gate.resize(1);
        gate.enterAtOnce(CONSUMER);
        watch.look(System.nanoTime() + HOUR);

        assertThat(watch.longestGapMs()).isBetween(HOUR_MS, HOUR_MS * 1.1);
        assertThat(watch.longestWaitMs()).isZero();
    }

    @Test
    void whoWaitsIsAGapAndAWait() {
        gate.enter(Priority.NORMAL, GateTest.waiter(() -> {}), System.nanoTime() + 2 * HOUR);
        watch.look(System.nanoTime() + HOUR);

        assertThat(watch.longestGapMs()).isBetween(HOUR_MS, HOUR_MS * 1.1);
        assertThat(watch.longestWaitMs()).isBetween(HOUR_MS * 0.9, HOUR_MS * 1.1);
    }

    /** The looking thread may come late, and an end counts when it is, not when it is seen. */
    @Test
    void eachEndIsTimedByItself() {
        GateProgress ends = new GateProgress(0);
        ends.ended(10);
        ends.ended(30);
        ends.ended(40);

        assertThat(ends.longest(45)).isEqualTo(20);
        assertThat(ends.longest(100)).isEqualTo(60);
    }

    @Test
    void aGateTellsOfEachEndWhetherSomebodyWaitsOrNot() {
        for (boolean contended : new boolean[] {false, true}) {
            gate.resize(1);
            gate.enterAtOnce(CONSUMER);
            if (contended) {
                gate.enter(Priority.NORMAL, GateTest.waiter(() -> {}), System.nanoTime() + HOUR);
            }
            GateProgress ends = new GateProgress(System.nanoTime() - HOUR);
            gate.watch(ends);

            gate.exit(CONSUMER, System.nanoTime());

            assertThat(ends.longest(System.nanoTime() + HOUR / 2) / 1e6).isBetween(HOUR_MS, HOUR_MS * 1.1);
        }
    }

    @Test
    void afterItsEndNobodyTellsIt() {
        gate.resize(1);
        gate.enterAtOnce(CONSUMER);
        watch.close();
        double before = watch.longestGapMs();
        gate.exit(CONSUMER, System.nanoTime());

        assertThat(watch.look(System.nanoTime() + HOUR)).isFalse();
        assertThat(watch.longestGapMs()).isEqualTo(before);
        assertThat(gate.isWatched()).isFalse();
    }

    @Test
    void aGateThatHasGoneIsForgotten() {
        gates.clear();
        watch.look(System.nanoTime());

        assertThat(gate.isWatched()).isFalse();
    }
}
