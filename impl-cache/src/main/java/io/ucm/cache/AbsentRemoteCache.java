// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * No remote cache: none is configured, or its configuration was refused. With the latter others may well share one, so
 * entries are as short-lived as while it is away. Immutable.
 *
 * @param localLimit null: none
 */
record AbsentRemoteCache(RemoteState state, @Nullable Duration localLimit) implements RemoteCache {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    static AbsentRemoteCache notConfigured() {
        return new AbsentRemoteCache(new RemoteState(RemoteState.Kind.NOT_CONFIGURED, null, Instant.now(), null), null);
    }

    static AbsentRemoteCache refused(String why) {
        return new AbsentRemoteCache(new RemoteState(RemoteState.Kind.AWAY, null, Instant.now(), why), LIMIT);
    }

    @Override
    public void submit(Request request) {
        if (request instanceof Request.Read read) {
            read.answer().accept(null, 0L);
        } else if (request instanceof Request.Fill fill) {
            fill.answer().accept(false);
        } else if (request instanceof Request.Put put) {
            put.answer().accept(false);
        } else if (request instanceof Request.Invalidate invalidate) {
            invalidate.answer().accept(true);
        }
    }

    @Override
    public int missed() {
        return 0;
    }

    @Override
    public void close() {}
}
