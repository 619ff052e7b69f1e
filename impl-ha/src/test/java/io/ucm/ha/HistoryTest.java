// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final Lsn FIRST_FORK = Lsn.parse("0/3000148");
    private static final Lsn SECOND_FORK = Lsn.parse("0/5000060");
    private static final String FILE =
            "# a comment\n1\t0/3000148\tno recovery target specified\n\n2\t0/5000060\tbefore 2026-11-01\n";

    @Test
    void knowsWhereEachTimelineBegan() {
        History history = History.parse(3, FILE);

        assertThat(history.begin()).isEqualTo(SECOND_FORK);
        assertThat(history.contains(1, Lsn.START)).isTrue();
        assertThat(history.contains(2, FIRST_FORK)).isTrue();
        assertThat(history.contains(3, SECOND_FORK)).isTrue();
    }

    @Test
    void doesNotContainAnotherTimelineOfTheSameNumber() {
        assertThat(History.parse(3, FILE).contains(2, Lsn.parse("0/3000150"))).isFalse();
    }

    @Test
    void doesNotContainALaterTimeline() {
        assertThat(History.first().contains(2, FIRST_FORK)).isFalse();
    }

    @Test
    void ofTheFirstTimelineBeginsAtTheStart() {
        assertThat(History.first().begin()).isEqualTo(Lsn.START);
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThatThrownBy(() -> History.parse(2, "1\n")).hasMessageContaining("history of timeline 2: '1'");
    }
}
