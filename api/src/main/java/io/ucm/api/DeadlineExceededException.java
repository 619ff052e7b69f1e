// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The call's deadline passed, or came too near for another try, before its transaction was committed: SQLState 57014. What it
 * did is rolled back.
 */
public final class DeadlineExceededException extends SQLTimeoutException {

    private static final long serialVersionUID = 1L;

    /** @param phase what the call was doing, such as "waiting for a connection" */
    public DeadlineExceededException(String pool, Duration deadline, String phase, @Nullable Throwable cause) {
        super(
                "pool '%s': deadline of %d ms passed while %s; nothing was committed"
                        .formatted(pool, deadline.toMillis(), phase),
                "57014",
                cause);
    }

    /**
     * What was left of the deadline was too little.
     *
     * @param left until the deadline
     * @param phase what the call was doing, such as "waiting for a connection"
     */
    public DeadlineExceededException(
            String pool, Duration deadline, Duration left, String phase, @Nullable Throwable cause) {
        super(
                "pool '%s': deadline of %d ms can't be met, with %d ms left while %s; nothing was committed"
                        .formatted(pool, deadline.toMillis(), left.toMillis(), phase),
                "57014",
                cause);
    }
}
