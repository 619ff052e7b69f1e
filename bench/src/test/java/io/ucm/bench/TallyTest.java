// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final long MS = 1_000_000;

    private final Tally tally = new Tally();

    @Test
    void theGapCountsFromTheLastCommitBeforeTheBeginning() {
        tally.committed(0, 10 * MS);
        tally.begin();
        tally.committed(0, 50 * MS);
        tally.committed(0, 60 * MS);

        assertThat(tally.end().gapMillis()).isEqualTo(40);
    }

    @Test
    void whatWasBeforeTheBeginningDoesNotCount() {
        tally.committed(0, 1 * MS);
        tally.committed(0, 90 * MS);
        tally.borrowed(0, 80 * MS);
        tally.killed(new SQLException("cut"));
        tally.failed(new SQLException("late"));
        tally.missing();
        tally.begin();
        tally.committed(90 * MS, 95 * MS);

        Tally.Outcome seen = tally.end();

        assertThat(seen.clean()).isTrue();
        assertThat(seen.causes()).isEmpty();
        assertThat(seen.gapMillis()).isEqualTo(5);
        assertThat(seen.waitMillis()).isZero();
        assertThat(seen.transactionMillis()).isEqualTo(5);
    }

    @Test
    void eachKindIsCountedAndTheCausesAreNamed() {
        tally.killed(new SQLException("cut"));
        tally.killed(new SQLException("cut"));
        tally.failed(new SQLException("late"));
        tally.missing();
        tally.borrowed(10 * MS, 30 * MS);
        tally.committed(10 * MS, 70 * MS);

        Tally.Outcome seen = tally.end();

        assertThat(seen.clean()).isFalse();
        assertThat(seen.killed()).isEqualTo(2);
        assertThat(seen.failed()).isEqualTo(1);
        assertThat(seen.missing()).isEqualTo(1);
        assertThat(seen.waitMillis()).isEqualTo(20);
        assertThat(seen.causes())
                .containsEntry("java.sql.SQLException: cut", 2)
                .containsEntry("borrow: java.sql.SQLException: late", 1);
    }
}
