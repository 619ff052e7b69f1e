// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/**
 * So many callers wait for a connection already that this one would have waited past its deadline: it was turned away, at
 * once or as soon as that showed, and nothing of it is done. SQLState 08000, safe to try again.
 */
public final class BulkheadFullException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final Duration expectedWait;

    /**
     * @param expectedWait as the last callers' waits tell
     * @param left what the caller had until its deadline
     */
    public BulkheadFullException(String pool, Duration expectedWait, Duration left, PoolStats stats) {
        super(
                "pool '%s': no connection expected within %d ms (expected wait %d ms, active %d, idle %d, pending %d, max %d)"
                        .formatted(
                                pool,
                                left.toMillis(),
                                expectedWait.toMillis(),
                                stats.active(),
                                stats.idle(),
                                stats.pending(),
                                stats.max()),
                "08000");
        this.expectedWait = expectedWait;
    }

    /**
     * Who waited behind others for so long that a statement which ran into its time limit can't be run again.
     *
     * @param waited how long it waited
     * @param left what is left of its deadline
     * @param cause how the statement ended
     */
    public BulkheadFullException(
            String pool, Duration expectedWait, Duration waited, Duration left, PoolStats stats, Throwable cause) {
        super(
                "pool '%s': the statement ran into its time limit after a wait of %d ms, and %d ms are too few to run it again"
                                .formatted(pool, waited.toMillis(), left.toMillis())
                        + " (expected wait %d ms, active %d, idle %d, pending %d, max %d): %s"
                                .formatted(
                                        expectedWait.toMillis(),
                                        stats.active(),
                                        stats.idle(),
                                        stats.pending(),
                                        stats.max(),
                                        cause.getMessage()),
                "08000",
                cause);
        this.expectedWait = expectedWait;
    }

    /** How long the wait would have been: those who wait now are likely to be served by then. */
    public Duration retryAfter() {
        return expectedWait;
    }
}
