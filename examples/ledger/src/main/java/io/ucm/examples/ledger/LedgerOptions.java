// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.examples.ledger;

import io.ucm.api.CallOptions;
import java.time.Duration;

/** What a run is to be. A deadline of zero milliseconds means the mode's own. */
record LedgerOptions(int clients, String cluster, String mode, long deadlineMs) {

    LedgerOptions {
        if (clients < 1) {
            throw new IllegalArgumentException("--clients " + clients + ": must be at least 1");
        }
        if (deadlineMs < 0) {
            throw new IllegalArgumentException("--deadline-ms " + deadlineMs + ": must not be negative");
        }
    }

    CallOptions call() {
        return deadlineMs == 0 ? CallOptions.DEFAULT : CallOptions.DEFAULT.withDeadline(Duration.ofMillis(deadlineMs));
    }
}
