// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** What one operation cost on average, in a batch of one round. */
record Cost(double cpuNanos, double wallNanos, double bytes) {

    static Cost average(Collection<Cost> costs) {
        return new Cost(mean(costs, Cost::cpuNanos), mean(costs, Cost::wallNanos), mean(costs, Cost::bytes));
    }

    private static double mean(Collection<Cost> costs, ToDoubleFunction<Cost> part) {
        return costs.stream().mapToDouble(part).average().orElseThrow();
    }
}
