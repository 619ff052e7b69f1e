// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LsnTest {

    @Test
    void printsWhatItReads() {
        for (String text : new String[] {"0/0", "0/3000148", "16/B374D848", "FFFFFFFF/FFFFFFFF"}) {
            assertThat(Lsn.parse(text)).hasToString(text);
        }
    }

    @Test
    void countsBytesAcrossTheHalves() {
        assertThat(Lsn.parse("1/10").bytesBeyond(Lsn.parse("0/FFFFFFF0"))).isEqualTo(0x20);
        assertThat(Lsn.parse("0/10").bytesBeyond(Lsn.parse("1/0"))).isZero();
        assertThat(Lsn.parse("FFFFFFFF/0").bytesBeyond(Lsn.parse("FFFFFFFE/FFFFFFFF")))
                .isOne();
    }

    @Test
    void refusesWhatIsNone() {
        for (String text : new String[] {"", "0", "0/", "x/0", "123456789/0"}) {
            assertThatThrownBy(() -> Lsn.parse(text)).hasMessageContaining("'" + text + "'");
        }
    }
}
