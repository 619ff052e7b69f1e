// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.CallOptions;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is said of a deadline: whether it has passed, or can't be met. */
class CallErrorsTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    @Test
    void whoIsTurnedAwayIsToldHowMuchWasLeft() {
        assertThat((Throwable) errors(time(Duration.ofHours(1))).late("it waited", null))
                .hasMessageMatching(
                        "pool 'main/ASYNC_MODERN': deadline of 3600000 ms can't be met, with \\d+ ms left while it waited;.*");
    }

    @Test
    void whoIsLateIsToldThatItsDeadlineHasPassed() {
        CallTime time = time(Duration.ofMillis(1));
        Awaitility.await().until(time::isUp);

        assertThat((Throwable) errors(time).late("it waited", null))
                .hasMessageContaining("deadline of 1 ms passed while it waited");
    }

    private CallTime time(Duration deadline) {
        return new CallTime(null, bench.manager, CallOptions.DEFAULT.withDeadline(deadline));
    }

    private CallErrors errors(CallTime time) {
        return new CallErrors(bench.manager, time, new Replays(), bench.manager.primary(), null);
    }
}
