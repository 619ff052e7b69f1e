// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.Distance;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PossibleLossTest {

    private static final Epoch LEFT = new Epoch("7", 2, Map.of(1, 0x3000000L));

    @Test
    void whatWasWrittenBeyondTheEndOfItsTimelineIsLost() {
        assertThat(PossibleLoss.of(primary(1, "0/3000100"), LEFT))
                .isEqualTo(
                        "n1 had written up to 0/3000100, and timeline 1 was left at 0/3000000: 256 bytes are lost, with what"
                                + " was committed there, unless commits waited for a standby");
    }

    @Test
    void nothingIsKnownToBeLostUpToThere() {
        assertThat(PossibleLoss.of(primary(1, "0/3000000"), LEFT)).isNull();
        assertThat(PossibleLoss.of(primary(1, null), LEFT)).isNull();
        assertThat(PossibleLoss.of(null, LEFT)).isNull();
    }

    @Test
    void nothingIsKnownWithoutTheEndOfItsTimeline() {
        assertThat(PossibleLoss.of(primary(1, "0/3000100"), new Epoch("7", 3, Map.of(2, 0x3000000L))))
                .isNull();
        assertThat(PossibleLoss.of(primary(2, "0/3000100"), LEFT)).isNull();
    }

    private static NodeStatus primary(int timeline, @Nullable String lsn) {
        Node node = new Node("n1", "db", 5432, Role.PRIMARY, NodeState.UP, null, null);
        return new NodeStatus(node, true, Distance.NEAR, false, timeline, lsn, 0L, 0L, null, BreakerState.CLOSED);
    }
}
