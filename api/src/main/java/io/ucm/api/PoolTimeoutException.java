// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** No connection became free in time: SQLState 08001, safe to try again. */
public final class PoolTimeoutException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** @param why what is known of the reason beyond the figures; null if nothing is */
    public PoolTimeoutException(
            String pool, Duration waited, PoolStats stats, @Nullable String why, @Nullable Throwable cause) {
        super(message(pool, waited, stats, why), "08001", cause);
    }

    private static String message(String pool, Duration waited, PoolStats stats, @Nullable String why) {
        String figures = "pool '%s': no connection within %d ms (active %d, idle %d, pending %d, max %d)"
                .formatted(pool, waited.toMillis(), stats.active(), stats.idle(), stats.pending(), stats.max());
        return why == null ? figures : figures + "; " + why;
    }
}
