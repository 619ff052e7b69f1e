// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {

    @ParameterizedTest
    @ValueSource(strings = {"1:0/0", "2:0/3000148", "17:1F/FFFFFFFF", "3:FFFFFFFF/FFFFFFFF"})
    void isItsText(String text) {
        assertThat(Position.parse(text)).hasToString(text);
    }

    @Test
    void isReadInSmallLettersToo() {
        assertThat(Position.parse("1:af/bcdef")).isEqualTo(new Position(1, 0xAF_000B_CDEFL));
    }

    @Test
    void isTheSameTextWhereDigitsAreOthers() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag("th-TH-u-nu-thai"));
        try {
            assertThat(new Position(12, 0x3000148)).hasToString("12:0/3000148");
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0/3000148",
                "1:3000148",
                "1:0/30001480F",
                "1:30001480F/0",
                "x:0/0",
                "-1:0/0",
                "9999999999:0/0",
                "1:0/0 ",
                " 1:0/0"
            })
    void isNothingElse(String text) {
        assertThatThrownBy(() -> Position.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no position such as 1:0/3000148");
    }

    @Test
    void hasATimeline() {
        assertThatThrownBy(() -> new Position(0, 1)).hasMessage("timeline 0: must be at least 1");
    }
}
