// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import com.google.gson.annotations.SerializedName;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * One figure of one contestant, as it is written to {@code results/SUITE.json}.
 *
 * @param spread between the quartiles of the rounds; of fewer than eight rounds, between the lowest and the highest
 */
record Row(
        String contestant,
        String version,
        @SerializedName("case") String name,
        String metric,
        BigDecimal value,
        String unit,
        BigDecimal spread) {

    static Row of(Contestant contestant, String name, Metric metric, Sample sample) {
        return of(contestant, name, metric, sample.median(), sample.spread());
    }

    static Row of(Contestant contestant, String name, Metric metric, double value, double spread) {
        return new Row(
                contestant.name(),
                contestant.version(),
                name,
                metric.name(),
                rounded(value, metric),
                metric.unit(),
                rounded(spread, metric));
    }

    private static BigDecimal rounded(double value, Metric metric) {
        return BigDecimal.valueOf(value).setScale(metric.decimals(), RoundingMode.HALF_UP);
    }
}
