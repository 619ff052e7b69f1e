// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the files came to when they were last read. Immutable.
 *
 * @param inForce the newest content that was good; null: it never was
 * @param problem why the content of now is not in force; null: it is
 */
record TlsState(@Nullable Tls inForce, @Nullable String problem) {

    static TlsState of(Tls tls) {
        return new TlsState(tls, null);
    }

    /** What is to be said of who connects with older content; null: nothing. */
    @Nullable
    String stale() {
        return inForce == null || problem == null ? null : "the certificates from before stay in force: " + problem;
    }

    /** The one to connect with; throws, with the problem, when there is none. */
    Tls required() throws SQLException {
        if (inForce == null) {
            throw new SQLNonTransientConnectionException(Objects.requireNonNull(problem), "08001");
        }
        return inForce;
    }
}
