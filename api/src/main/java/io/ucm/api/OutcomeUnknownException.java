// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLNonTransientConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * COMMIT was sent and its success was not confirmed: SQLState 08007. The transaction may or may not have happened; to
 * run the work again without looking may do it twice.
 */
public final class OutcomeUnknownException extends SQLNonTransientConnectionException {

    private static final long serialVersionUID = 1L;

    /** @param why what happened instead of a clean answer */
    public OutcomeUnknownException(String pool, String node, String why, @Nullable Throwable cause) {
        super(
                "pool '%s', node '%s': the commit may or may not have happened: %s".formatted(pool, node, why),
                "08007",
                cause);
    }
}
