// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLNonTransientException;

/**
 * A read was to see what had been written by a {@link Position}, and a failover has lost that: SQLState 55000. Waiting does
 * not bring it back.
 */
public final class WriteLostException extends SQLNonTransientException {

    private static final long serialVersionUID = 1L;

    /** @param end where the timeline of that position was left */
    public WriteLostException(String pool, Position position, Position end) {
        super(
                "pool '%s': what was written by %s is lost: the primary that took it was replaced by one that had received its timeline up to %s"
                        .formatted(pool, position, end),
                "55000");
    }
}
