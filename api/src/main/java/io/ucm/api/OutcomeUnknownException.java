// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.sql.SQLNonTransientConnectionException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * COMMIT was sent and its success was not confirmed: SQLState 08007. The transaction may or may not have happened; to
 * run the work again without looking may do it twice. With the token, {@link ConnectionManager#outcome} tells later.
 */
public final class OutcomeUnknownException extends SQLNonTransientConnectionException {

    private static final long serialVersionUID = 2L;

    private final @Nullable UUID token;

    /**
     * @param token what the transaction carries; null: nothing, so nobody can tell
     * @param why what happened instead of a clean answer
     */
    public OutcomeUnknownException(
            String pool, String node, @Nullable UUID token, String why, @Nullable Throwable cause) {
        super(
                "pool '%s', node '%s': the commit may or may not have happened: %s; %s"
                        .formatted(
                                pool,
                                node,
                                why,
                                token == null ? "it carries no token" : "outcome(" + token + ") tells, later"),
                "08007",
                cause);
        this.token = token;
    }

    /** What {@link ConnectionManager#outcome} takes; empty when the transaction carries none. */
    public Optional<UUID> token() {
        return Optional.ofNullable(token);
    }
}
