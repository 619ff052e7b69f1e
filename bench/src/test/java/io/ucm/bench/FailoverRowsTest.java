// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailoverRowsTest {

    @Test
    void whatEveryClientWasToldIsThereOnce() {
        assertThat(judge(3, 3, 3, 3)).isEqualTo(new FailoverRows.Verdict(3, 0, 0));
    }

    @Test
    void aRowThatNobodyWasToldOfMayBeThere() {
        assertThat(judge(3, 4, 4, 4)).isEqualTo(new FailoverRows.Verdict(3, 0, 0));
    }

    @Test
    void anAcknowledgedRowThatIsNotThereIsLost() {
        assertThat(judge(3, 2, 2, 3)).isEqualTo(new FailoverRows.Verdict(3, 1, 0));
        assertThat(judge(3, 2, 2, 2)).isEqualTo(new FailoverRows.Verdict(3, 1, 0));
        assertThat(judge(3, 3, 3, 4)).isEqualTo(new FailoverRows.Verdict(3, 1, 0));
        assertThat(judge(3, 0, 0, 0)).isEqualTo(new FailoverRows.Verdict(3, 3, 0));
    }

    @Test
    void aRowThatIsThereTwiceIsDuplicated() {
        assertThat(judge(3, 5, 3, 3)).isEqualTo(new FailoverRows.Verdict(3, 0, 2));
    }

    private static FailoverRows.Verdict judge(long told, long rows, long distinct, long next) {
        return FailoverRows.judge(told, new FailoverRows.There(rows, distinct, next));
    }
}
