// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

class CrewTest {

    @Test
    void eachThreadDoesItsOperations() throws Exception {
        LongAdder done = new LongAdder();

        try (Crew crew = new Crew(2)) {
            Cost cost = crew.run(
                    operations -> {
                        done.add(operations);
                        return new byte[1_000_000].length;
                    },
                    10,
                    1_000_000);

            assertThat(cost.bytes()).isGreaterThanOrEqualTo(100_000);
            assertThat(cost.wallNanos()).isPositive();
        }
        assertThat(done.sum()).isEqualTo(20);
    }

    @Test
    void aWrongResultFails() {
        try (Crew crew = new Crew(1)) {
            assertThatThrownBy(() -> crew.run(operations -> operations - 1, 10, 10))
                    .hasRootCauseMessage("a batch returned 9 instead of 10");
        }
    }
}
