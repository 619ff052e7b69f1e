// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FiguresTest {

    @Test
    void countsRegionsBeyondTheLimitTogether() {
        Figures figures = new Figures(2);
        figures.of("a").loads.increment();
        figures.of("b").loads.increment();
        figures.of("c").loads.increment();
        figures.of("d").loads.increment();
        figures.of("a").loads.increment();

        assertThat(figures.all()).containsOnlyKeys("a", "b", Figures.OTHER);
        assertThat(figures.of("a").loads.sum()).isEqualTo(2);
        assertThat(figures.all().get(Figures.OTHER).loads.sum()).isEqualTo(2);
    }
}
