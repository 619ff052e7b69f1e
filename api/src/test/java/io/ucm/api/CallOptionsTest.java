// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallOptionsTest {

    @Test
    void changeOneThingAtATime() {
        CallOptions options = CallOptions.DEFAULT
                .withAccess(Access.READ_WRITE)
                .withDeadline(Duration.ofSeconds(2))
                .withPriority(Priority.HIGH);

        assertThat(options)
                .isEqualTo(new CallOptions(Access.READ_WRITE, Duration.ofSeconds(2), Priority.HIGH, null, null));
        assertThat(CallOptions.DEFAULT).isEqualTo(new CallOptions(null, null, null, null, null));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void refuseADeadlineThatHasPassedAlready(long ms) {
        assertThatThrownBy(() -> CallOptions.DEFAULT.withDeadline(Duration.ofMillis(ms)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be longer than zero");
    }
}
