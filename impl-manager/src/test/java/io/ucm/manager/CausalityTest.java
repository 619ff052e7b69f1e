// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Position;
import io.ucm.spi.Epoch;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CausalityTest {

    private static final long HALF = Long.MIN_VALUE;

    @Test
    void whatIsBeyondTheEndOfItsTimelineIsLost() {
        Epoch epoch = new Epoch("7", 3, Map.of(2, 1000L));

        assertThat(lost(2, 1000, epoch)).isFalse();
        assertThat(lost(2, 1001, epoch)).isTrue();
    }

    /** A position has 64 bits without a sign. */
    @Test
    void theUpperHalfOfThePositionsIsBeyondTheLower() {
        assertThat(lost(2, HALF, new Epoch("7", 3, Map.of(2, Long.MAX_VALUE)))).isTrue();
        assertThat(lost(2, Long.MAX_VALUE, new Epoch("7", 3, Map.of(2, HALF)))).isFalse();
    }

    @Test
    void nothingIsKnownToBeLostWithoutTheEndOfItsTimeline() {
        assertThat(lost(2, 1000, null)).isFalse();
        assertThat(lost(2, 1000, new Epoch("7", 3, Map.of(1, 1L)))).isFalse();
        assertThat(lost(2, 1000, new Epoch("7", 2, Map.of(2, 1L)))).isFalse();
        assertThat(lost(2, 1000, new Epoch("7", 1, Map.of(2, 1L)))).isFalse();
    }

    @Test
    void aReplicaIsAskedWhereItsHistoryIsKnownToBeThatOne() {
        assertThat(mayBeReplayed(new Epoch("7", 2, Map.of()))).isTrue();
        assertThat(mayBeReplayed(new Epoch("7", 3, Map.of(2, 1000L)))).isTrue();

        assertThat(mayBeReplayed(null)).isFalse();
        assertThat(mayBeReplayed(new Epoch("7", 3, Map.of(1, 1000L)))).isFalse();
        assertThat(mayBeReplayed(new Epoch("7", 1, Map.of()))).isFalse();
        assertThat(mayBeReplayed(new Epoch("7", 1, Map.of(2, 1000L)))).isFalse();
    }

    private static boolean lost(int timeline, long lsn, @Nullable Epoch epoch) {
        return new Causality(new Position(timeline, lsn)).lost("pool", epoch) != null;
    }

    private static boolean mayBeReplayed(@Nullable Epoch epoch) {
        return new Causality(new Position(2, 1000)).mayBeReplayed(epoch);
    }
}
