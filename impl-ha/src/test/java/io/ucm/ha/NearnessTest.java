// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearnessTest {

    @Test
    void whatTakesMoreThanTwiceAsLongAndTwoMillisecondsMoreIsFar() {
        assertThat(far(Set.of(), replica("n2", 1_000), replica("n3", 4_000))).isEmpty();
        assertThat(far(Set.of(), replica("n2", 1_000), replica("n3", 4_001))).containsExactly("n3");
        assertThat(far(Set.of(), replica("n2", 100_000), replica("n3", 202_001)))
                .containsExactly("n3");
    }

    @Test
    void whatIsFarStaysSoUntilItIsClearlyNearer() {
        assertThat(far(Set.of("n3"), replica("n2", 1_000), replica("n3", 2_501)))
                .containsExactly("n3");
        assertThat(far(Set.of("n3"), replica("n2", 1_000), replica("n3", 2_500)))
                .isEmpty();
    }

    @Test
    void whoIsAloneIsNear() {
        assertThat(far(Set.of("n3"), replica("n3", 300_000))).isEmpty();
    }

    @Test
    void whatHasNotBeenMeasuredIsNear() {
        Seen unmeasured = TestNode.replica("n3").taking(null).seen();

        assertThat(far(Set.of(), replica("n2", 1_000), unmeasured)).isEmpty();
        assertThat(far(Set.of(), unmeasured)).isEmpty();
    }

    private static Set<String> far(Set<String> before, Seen... replicas) {
        return Nearness.far(List.of(replicas), before);
    }

    private static Seen replica(String id, int micros) {
        return TestNode.replica(id).taking(Duration.ofNanos(micros * 1_000L)).seen();
    }
}
