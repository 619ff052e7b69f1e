// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatencyTest {

    private final Latency latency = new Latency();

    @Test
    void fewAnswersSayNothing() {
        took(1, 1, 1, 1);
        assertThat(latency.median()).isNull();

        took(1);
        assertThat(latency.median()).hasMillis(1);
    }

    @Test
    void aFewLateAnswersSayNothing() {
        took(1, 900, 2, 800, 1, 2, 700, 3, 1);

        assertThat(latency.median()).hasMillis(2);
    }

    @Test
    void onlyTheLastAnswersCount() {
        took(1, 1, 1, 1, 1, 1, 1, 1, 1);
        took(40, 40, 40, 40);
        assertThat(latency.median()).hasMillis(1);

        took(40);
        assertThat(latency.median()).hasMillis(40);
    }

    private void took(int... millis) {
        for (int time : millis) {
            latency.took(Duration.ofMillis(time));
        }
    }
}
