// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The node that is up and would serve has failed its last calls in this mode, or was slow: this one was turned away at
 * once, and nothing of it is done. SQLState 08000, safe to try again.
 */
public final class CircuitOpenException extends SQLTransientConnectionException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    /**
     * @param retryAfter when a few calls are likely to be let through again
     * @param cause how the caller's last try ended; null when this is its first
     */
    public CircuitOpenException(String pool, String node, Duration retryAfter, @Nullable Throwable cause) {
        super(
                "pool '%s': the circuit breaker of %s is open, because its last calls failed or were slow; retry after %d ms"
                        .formatted(pool, node, retryAfter.toMillis()),
                "08000",
                cause);
        this.retryAfter = retryAfter;
    }

    /** How long the node is left alone: before that, another try is likely to be turned away too. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
