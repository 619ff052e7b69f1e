// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TargetTest {

    @Test
    void theBoundItselfIsMet() {
        assertThat(Target.atMost("costs", 150, 150).met()).isTrue();
        assertThat(Target.atMost("costs", 150, 150.1).met()).isFalse();
        assertThat(Target.atLeast("jain", 0.95, 0.95).met()).isTrue();
        assertThat(Target.atLeast("jain", 0.95, 0.94).met()).isFalse();
    }

    @Test
    void whatIsNoNumberMeetsNothing() {
        assertThat(Target.atMost("costs", 150, Double.NaN).met()).isFalse();
        assertThat(Target.atLeast("share", 0.9, 0.0 / 0.0).met()).isFalse();
        assertThat(Target.atLeast("share", 0.9, Double.NaN).figure()).isEqualTo("NaN");
    }

    @Test
    void figuresAreShort() {
        assertThat(Target.atMost("costs", 150, 1234.56789).figure()).isEqualTo("1234.568");
        assertThat(Target.atMost("costs", 150, 0).bounds()).isEqualTo("at most 150");
        assertThat(Target.atLeast("jain", 0.95, 1).bounds()).isEqualTo("at least 0.95");
    }
}
