// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrimaryConninfoTest {

    private static final NodeAddress N2 = new NodeAddress("n2", "two.example", 5433);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "host=one port=5432 user=r | host='two.example' port=5433 user=r",
                "user = r   hostaddr=10.0.0.1 PORT='5432' | host='two.example' port=5433 user=r",
                "user=r password='it\\'s host=x' | host='two.example' port=5433 user=r password='it\\'s host=x'",
                "user=a\\ b application_name=n3 | host='two.example' port=5433 user=a\\ b application_name=n3"
            })
    void changesTheServerAndNothingElse(String before, String after) {
        assertThat(PrimaryConninfo.pointedAt(N2, before)).isEqualTo(after);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {"postgresql://secret@one", "user=r junk", "user='open", "\"\""})
    void refusesWhatItDoesNotUnderstandAndDoesNotShowIt(String before) {
        assertThatThrownBy(() -> PrimaryConninfo.pointedAt(N2, before))
                .hasMessageContaining("can't be pointed at n2 (two.example:5433)")
                .hasMessageNotContaining("secret");
    }

    @Test
    void quotesAHost() {
        assertThat(PrimaryConninfo.pointedAt(new NodeAddress("n2", "o'd\\d", 1), "user=r"))
                .startsWith("host='o\\'d\\\\d' port=1 ");
    }
}
