// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.EnumMap;
import java.util.Map;

/**
 * What all exchanges of a slot that have ended come to.
 *
 * @param outcomes how many ended how
 * @param longestGapMs of the last one, as {@code longestWaitMs} is
 */
record ExchangeTotal(
        Map<SwapReport.Outcome, Long> outcomes,
        long drained,
        long aborted,
        long parked,
        double longestGapMs,
        double longestWaitMs) {

    static final ExchangeTotal NOTHING = new ExchangeTotal(Map.of(), 0, 0, 0, 0, 0);

    ExchangeTotal plus(SwapReport ended) {
        Map<SwapReport.Outcome, Long> now = new EnumMap<>(SwapReport.Outcome.class);
        now.putAll(outcomes);
        now.merge(ended.outcome(), 1L, Long::sum);
        return new ExchangeTotal(
                now,
                drained + ended.drained(),
                aborted + ended.aborted(),
                parked + ended.parked(),
                ended.longestGapMs(),
                ended.longestWaitMs());
    }
}
