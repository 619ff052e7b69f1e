// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WrittenTest {

    private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void knowsNothingBeforeTheFirst() {
        assertThat(Written.NOTHING.latest()).isNull();
        assertThat(Written.NOTHING.missingSince(lsn(5), second(0))).isZero();
        assertThat(Written.NOTHING.knownWithin(lsn(5), second(0))).isNull();
    }

    @Test
    void boundsTheTimeThatAReplicaIsBehind() {
        Written written = Written.NOTHING
                .with(lsn(10), second(1))
                .with(lsn(20), second(2))
                .with(lsn(30), second(3));

        assertThat(written.missingSince(lsn(10), second(4))).isEqualTo(Duration.ofSeconds(2));
        assertThat(written.knownWithin(lsn(10), second(4))).isEqualTo(Duration.ofSeconds(3));
        assertThat(written.missingSince(lsn(15), second(4))).isEqualTo(Duration.ofSeconds(2));
        assertThat(written.missingSince(lsn(30), second(4))).isZero();
        assertThat(written.missingSince(lsn(5), second(4))).isEqualTo(Duration.ofSeconds(3));
        assertThat(written.knownWithin(lsn(5), second(4))).isNull();
    }

    @Test
    void countsFromTheLastTimeThatAPositionWasTold() {
        Written written = Written.NOTHING
                .with(lsn(10), second(1))
                .with(lsn(10), second(9))
                .with(lsn(20), second(10));

        assertThat(written.knownWithin(lsn(10), second(10))).isEqualTo(Duration.ofSeconds(1));
        assertThat(written.missingSince(lsn(5), second(10))).isEqualTo(Duration.ofSeconds(9));
        assertThat(written.samples()).hasSize(2);
    }

    @Test
    void beginsAnewWhereAPrimaryHasWrittenLess() {
        Written written = Written.NOTHING.with(lsn(30), second(1)).with(lsn(20), second(2));

        assertThat(written.latest()).isEqualTo(lsn(20));
        assertThat(written.samples()).hasSize(1);
    }

    @Test
    void keepsTheLatestOnly() {
        Written written = Written.NOTHING;
        for (int i = 0; i < 500; i++) {
            written = written.with(lsn(i), second(i));
        }

        assertThat(written.samples()).hasSize(128);
        assertThat(written.latest()).isEqualTo(lsn(499));
    }

    private static Lsn lsn(long position) {
        return new Lsn(position);
    }

    private static Instant second(long seconds) {
        return START.plusSeconds(seconds);
    }
}
