// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the remote cache of one cluster is.
 *
 * @param address host and port; null: none is configured
 * @param since when it became so
 * @param reason why it is away; null when it isn't
 */
record RemoteState(
        Kind kind,
        @Nullable String address,
        Instant since,
        @Nullable String reason) {

    enum Kind {
        /** There is none: what is in the process is all there is. */
        NOT_CONFIGURED,
        UP,
        /** Nobody waits for it; it is looked for in the background. */
        AWAY
    }

    RemoteState because(String latest) {
        return new RemoteState(kind, address, since, latest);
    }

    boolean up() {
        return kind == Kind.UP;
    }
}
