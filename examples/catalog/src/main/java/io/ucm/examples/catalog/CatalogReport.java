// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.catalog;

import io.ucm.examples.workload.Calls;
import io.ucm.shell.Table;
import java.util.Map;

/**
 * What a run found. Prints as a table.
 *
 * @param stale products that were older than a change that was complete before somebody asked for them
 * @param wrong products that were others than somebody asked for, or missing
 * @param changes of prices that were complete
 * @param latencyMs from call to answer
 */
record CatalogReport(
        long requests,
        long failed,
        Map<String, Long> failedByState,
        long stale,
        long wrong,
        long changes,
        long elapsedMs,
        Calls.TimesMs latencyMs) {

    boolean clean() {
        return failed + stale + wrong == 0;
    }

    /** The counts that should be zero. */
    String complaint() {
        return "the catalog is not right: failed %d %s, stale %d, wrong %d"
                .formatted(failed, failedByState, stale, wrong);
    }

    @Override
    public String toString() {
        return new Table("requests", "failed", "stale", "wrong", "changes", "p50 ms", "p99 ms", "max ms", "elapsed ms")
                        .row(
                                requests,
                                failed,
                                stale,
                                wrong,
                                changes,
                                latencyMs.p50(),
                                latencyMs.p99(),
                                latencyMs.max(),
                                elapsedMs)
                + (failedByState.isEmpty() ? "" : "\nfailed by SQLState: " + failedByState);
    }
}
