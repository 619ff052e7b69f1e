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
        assertThat(latency.shortest()).isNull();

        took(1);
        assertThat(latency.shortest()).hasMillis(1);
    }

    @Test
    void lateAnswersSayNothing() {
        took(90, 40, 900, 20, 60);

        assertThat(latency.shortest()).hasMillis(20);
    }

    @Test
    void onlyTheLastAnswersCount() {
        took(1, 40, 40, 40, 40, 40, 40, 40, 40);
        assertThat(latency.shortest()).hasMillis(1);

        took(40);
        assertThat(latency.shortest()).hasMillis(40);
    }

    private void took(int... millis) {
        for (int time : millis) {
            latency.took(Duration.ofMillis(time));
        }
    }
}
