// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowCallsTest {

    private final List<String> lines = new ArrayList<>();
    private final SlowCalls slowCalls = new SlowCalls(lines::add);
    private final long start = System.nanoTime();

    @Test
    void aSecondHasOneLineAndTheNextSaysHowManyWereLeftOut() {
        slowCalls.log(start, () -> "the first");
        slowCalls.log(start + 1, () -> "the second");
        slowCalls.log(start + TimeUnit.MILLISECONDS.toNanos(999), () -> "the third");
        slowCalls.log(start + TimeUnit.SECONDS.toNanos(1), () -> "the fourth");
        slowCalls.log(start + TimeUnit.SECONDS.toNanos(2), () -> "the fifth");

        assertThat(lines)
                .containsExactly(
                        "slow call: the first",
                        "slow call: the fourth; 2 more since the line before",
                        "slow call: the fifth");
    }
}
