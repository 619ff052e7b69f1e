// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** What a mode does about a write whose COMMIT was sent and not answered. */
public enum CommitOutcome {
    /** Finds out whether it was committed, by a token that the transaction carries; if not, the work is run again. */
    RESOLVED,
    /** Fails the call with {@link OutcomeUnknownException}. */
    REPORTED
}
