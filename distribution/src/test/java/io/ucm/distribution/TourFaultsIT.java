// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a newcomer sees first. */
class TourFaultsIT {

    @Test
    void itsTableTellsThatNobodyNoticed() {
        try (UcmProcess tour = UcmProcess.start(AssembledFolder.original(), "tour")) {
            assertThat(tour.awaitExit()).as(tour.stderr()).isZero();

            List<String> lines = tour.stdout().lines().toList();
            assertThat(lines.get(0))
                    .matches("while 32 clients read and wrote +requests +failed +lost +duplicated +longest stall ms");
            assertThat(lines)
                    .hasSize(9)
                    .allMatch(line -> line.length() == lines.get(0).length());
            assertThat(lines.subList(2, 9)).allMatch(line -> line.matches("[a-z0-9', ]+ +[0-9,]+ +0 +0 +0 +[0-9,]+"));
        }
    }
}
