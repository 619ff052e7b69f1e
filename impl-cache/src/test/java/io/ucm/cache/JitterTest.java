// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class JitterTest {

    @Test
    void spreadsFromNinetyToAHundredPercent() {
        assertThat(new Jitter(() -> 0.0).millis(Duration.ofSeconds(100))).isEqualTo(100_000);
        assertThat(new Jitter(() -> 0.5).millis(Duration.ofSeconds(100))).isEqualTo(95_000);
        assertThat(new Jitter(() -> 0.999999).millis(Duration.ofSeconds(100))).isEqualTo(90_000);
    }

    @Test
    void isUniform() {
        Jitter jitter = new Jitter(new Random(7)::nextDouble);
        long[] times = LongStream.range(0, 10_000)
                .map(i -> jitter.millis(Duration.ofSeconds(100)))
                .toArray();

        for (long from = 90_000; from < 100_000; from += 1_000) {
            long low = from;
            assertThat(LongStream.of(times)
                            .filter(t -> t >= low && t < low + 1_000)
                            .count())
                    .isBetween(900L, 1_100L);
        }
    }

    @Test
    void leavesAtLeastAMillisecond() {
        assertThat(new Jitter(() -> 0.99).millis(Duration.ofNanos(1))).isEqualTo(1);
    }
}
