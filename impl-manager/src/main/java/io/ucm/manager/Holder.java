// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.jspecify.annotations.Nullable;

/** Who has a connection: a call, or the user of a plain one. Thread-safe. */
interface Holder {

    Consumer consumer();

    /** What it is to the user: "read", "write" or "connection". */
    String kind();

    /** When it got the connection, in {@link System#nanoTime}. */
    long since();

    /**
     * Its bundle has stopped: ends it, unless COMMIT was sent. What runs on the server is cancelled, the connection comes
     * back. Blocks for one connect to the server.
     */
    void revoke();

    /** Its COMMIT that has had no answer for long; null: there is none. */
    default CommitWatch.@Nullable Sent longCommit(long now) {
        return null;
    }
}
