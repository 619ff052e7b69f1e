// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.examples.workload.Calls;
import io.ucm.shell.Table;
import java.util.Map;

/**
 * What a run found. Prints as a table.
 *
 * @param acknowledged writes that were acknowledged
 * @param unknown writes that ended with SQLState 08007: they may have happened
 * @param lost acknowledged and not in the table
 * @param duplicated in the table more than once
 * @param staleReads reads on the primary that did not see what their client had been told is there
 * @param stallMs from call to answer
 */
record LedgerReport(
        long requests,
        long acknowledged,
        long failed,
        Map<String, Long> failedByState,
        long unknown,
        long lost,
        long duplicated,
        long staleReads,
        Calls.TimesMs stallMs,
        long elapsedMs) {

    boolean clean() {
        return failed + unknown + lost + duplicated + staleReads == 0;
    }

    /** The counts that should be zero. */
    String complaint() {
        return "the ledger does not balance: failed %d %s, unknown %d, lost %d, duplicated %d, stale reads %d"
                .formatted(failed, failedByState, unknown, lost, duplicated, staleReads);
    }

    @Override
    public String toString() {
        return new Table(
                                "requests",
                                "acknowledged",
                                "failed",
                                "unknown",
                                "lost",
                                "duplicated",
                                "stale reads",
                                "p50 ms",
                                "p99 ms",
                                "max ms",
                                "elapsed ms")
                        .row(
                                requests,
                                acknowledged,
                                failed,
                                unknown,
                                lost,
                                duplicated,
                                staleReads,
                                stallMs.p50(),
                                stallMs.p99(),
                                stallMs.max(),
                                elapsedMs)
                + (failedByState.isEmpty() ? "" : "\nfailed by SQLState: " + failedByState);
    }
}
