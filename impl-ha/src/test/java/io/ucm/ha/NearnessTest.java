// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.Distance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NearnessTest {

    private static final Map<String, Distance> NOTHING = Map.of();

    @Test
    void whatTakesMoreThanTwiceAsLongAndTwoMillisecondsMoreIsFar() {
        assertThat(ofN3(NOTHING, replica("n2", 1_000), replica("n3", 4_000))).isEqualTo(Distance.NEAR);
        assertThat(ofN3(NOTHING, replica("n2", 1_000), replica("n3", 4_001))).isEqualTo(Distance.FAR);
        assertThat(ofN3(NOTHING, replica("n2", 100_000), replica("n3", 202_001)))
                .isEqualTo(Distance.FAR);
    }

    @Test
    void whatIsFarStaysSoUntilItIsClearlyNearer() {
        Map<String, Distance> far = Map.of("n3", Distance.FAR);
        assertThat(ofN3(far, replica("n2", 1_000), replica("n3", 2_501))).isEqualTo(Distance.FAR);
        assertThat(ofN3(far, replica("n2", 1_000), replica("n3", 2_500))).isEqualTo(Distance.NEAR);
        assertThat(ofN3(Map.of("n3", Distance.TOO_FAR), replica("n2", 1_000), replica("n3", 2_501)))
                .isEqualTo(Distance.FAR);
    }

    @Test
    void whatTakesLongerThanTheLimitIsTooFar() {
        assertThat(ofN3(NOTHING, replica("n2", 1_000), replica("n3", 500_000))).isEqualTo(Distance.FAR);
        assertThat(ofN3(NOTHING, replica("n2", 1_000), replica("n3", 500_001))).isEqualTo(Distance.TOO_FAR);
        assertThat(ofN3(NOTHING, replica("n3", 500_001))).as("alone").isEqualTo(Distance.TOO_FAR);
    }

    @Test
    void whatIsTooFarStaysSoUntilItIsClearlyNearer() {
        Map<String, Distance> tooFar = Map.of("n3", Distance.TOO_FAR);
        assertThat(ofN3(tooFar, replica("n2", 1_000), replica("n3", 375_001))).isEqualTo(Distance.TOO_FAR);
        assertThat(ofN3(tooFar, replica("n2", 1_000), replica("n3", 375_000))).isEqualTo(Distance.FAR);
    }

    @Test
    void whoIsAloneIsNear() {
        assertThat(ofN3(Map.of("n3", Distance.FAR), replica("n3", 300_000))).isEqualTo(Distance.NEAR);
    }

    @Test
    void whatHasNotBeenMeasuredIsNear() {
        Seen unmeasured = TestNode.replica("n3").taking(null).seen();

        assertThat(ofN3(NOTHING, replica("n2", 1_000), unmeasured)).isEqualTo(Distance.NEAR);
        assertThat(ofN3(NOTHING, unmeasured)).isEqualTo(Distance.NEAR);
    }

    private static Distance ofN3(Map<String, Distance> before, Seen... replicas) {
        return Nearness.of(List.of(replicas), before, Duration.ofMillis(500)).get("n3");
    }

    private static Seen replica(String id, int micros) {
        return TestNode.replica(id).taking(Duration.ofNanos(micros * 1_000L)).seen();
    }
}
