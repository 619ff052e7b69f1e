// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuorumTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~ | 0",
                "ANY 1 (n1,n2,n3) | 1",
                "ANY 2 (n1,n2,n3) | 2",
                "any 2(n1, n2) | 2",
                "FIRST 3 (a, b, c, d) | 3",
                "2 (a, b) | 2",
                "n1, n2 | 1",
                "* | 1",
                "\"ANY\", b | 1",
                "\"2-db\" | 1",
                "2 (\"n-1\",\"n-2\") | 2",
            })
    void readsHowManyAreRequired(String names, int required) {
        assertThat(Quorum.required(names)).isEqualTo(required);
    }

    @Test
    void isMetByAsManyAsRequired() {
        assertThat(new Quorum(2, 1).met()).isFalse();
        assertThat(new Quorum(2, 2).met()).isTrue();
    }

    @Test
    void provesNothingWhereNobodyIsRequired() {
        assertThat(new Quorum(0, 2).met()).isTrue();
        assertThat(new Quorum(0, 2).proven()).isFalse();
        assertThat(new Quorum(1, 1).proven()).isTrue();
    }
}
