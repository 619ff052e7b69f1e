// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void alignsTextLeftAndNumbersRight() {
        String table = new Table("mode", "active")
                .row("ASYNC_MODERN", 3)
                .row("ADMIN", 12)
                .toString();

        assertThat(table).isEqualTo("""
                        mode          active
                        ------------  ------
                        ASYNC_MODERN       3
                        ADMIN             12""");
    }

    @Test
    void printsNothingForNull() {
        assertThat(new Table("a", "b").row(null, "x").toString()).endsWith("\n   x");
    }

    @Test
    void keepsACellOnItsLine() {
        assertThat(new Table("a").row("one\ntwo\\").toString()).endsWith("one\\ntwo\\\\");
    }

    @Test
    void refusesARowOfAnotherWidth() {
        assertThatThrownBy(() -> new Table("a", "b").row("x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("1 cells for 2 columns");
    }
}
