// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.examples.workload.Calls;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What one run counts beside its calls. Thread-safe. */
final class Tally {

    private static final String OUTCOME_UNKNOWN = "08007";

    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder staleReads = new LongAdder();

    void acknowledged() {
        acknowledged.increment();
    }

    void staleRead() {
        staleReads.increment();
    }

    LedgerReport report(Calls calls, Account.Balance balance, long elapsedMs) {
        Map<String, Long> failedByState = calls.failedByState();
        Long unknown = failedByState.remove(OUTCOME_UNKNOWN);
        return new LedgerReport(
                calls.count(),
                acknowledged.sum(),
                failedByState.values().stream().mapToLong(Long::longValue).sum(),
                failedByState,
                unknown == null ? 0 : unknown,
                balance.lost(),
                balance.duplicated(),
                staleReads.sum(),
                calls.timesMs(),
                elapsedMs);
    }
}
