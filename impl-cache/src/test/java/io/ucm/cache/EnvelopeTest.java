// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EnvelopeTest {

    private final byte[] generation = Envelope.id();

    @Test
    void carriesPayloadAndEnd() {
        Envelope.Value value = Envelope.read(Envelope.value(generation, 1234, new byte[] {1, 2}), generation);

        assertThat(value).isNotNull();
        assertThat(value.endMillis()).isEqualTo(1234);
        assertThat(value.payload()).containsExactly(1, 2);
    }

    @Test
    void anEmptyPayloadIsAValue() {
        assertThat(Envelope.read(Envelope.value(generation, 1, new byte[0]), generation)
                        .payload())
                .isEmpty();
    }

    @Test
    void nothingElseIsAValue() {
        byte[] newer = Envelope.value(generation, 1234, new byte[] {1});
        newer[0]++;

        assertThat(Envelope.read(null, generation)).isNull();
        assertThat(Envelope.read(new byte[0], generation)).isNull();
        assertThat(Envelope.read(newer, generation)).isNull();
        assertThat(Envelope.read(Envelope.tombstone(), generation)).isNull();
        assertThat(Envelope.read(Envelope.value(Envelope.id(), 1234, new byte[] {1}), generation))
                .isNull();
    }

    @Test
    void theMarkTellsAnEntryFromItsTwin() {
        assertThat(Envelope.mark(Envelope.tombstone())).isNotEqualTo(Envelope.mark(Envelope.tombstone()));
        assertThat(Envelope.mark(Envelope.value(generation, 1, new byte[1])))
                .isNotEqualTo(Envelope.mark(Envelope.value(generation, 1, new byte[1])))
                .hasSize(Envelope.MARK_BYTES);
        assertThat(Envelope.mark(null)).isEmpty();
        assertThat(Envelope.mark(new byte[] {7})).containsExactly(7);
    }
}
