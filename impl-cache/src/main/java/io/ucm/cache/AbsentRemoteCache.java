// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.spi.CacheLevels.Invalidated;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * No remote cache: none is configured, or its configuration was refused. With the latter others may well share one, so
 * entries are as short-lived as while it is away. Thread-safe.
 */
final class AbsentRemoteCache implements RemoteCache {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final RemoteState state;
    private final @Nullable Duration localLimit;

    /** Whether anything was, that a Redis of before or of later may still have. */
    private volatile boolean invalidated;

    AbsentRemoteCache(RemoteState state, @Nullable Duration localLimit) {
        this.state = state;
        this.localLimit = localLimit;
    }

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
            invalidated = true;
            put.answer().accept(false);
        } else if (request instanceof Request.Invalidate invalidate) {
            invalidated = true;
            invalidate.answer().accept(true);
        }
    }

    @Override
    public RemoteState state() {
        return state;
    }

    @Override
    public @Nullable Duration localLimit() {
        return localLimit;
    }

    @Override
    public int missed() {
        return 0;
    }

    @Override
    public Invalidated untold() {
        return new Invalidated(Set.of(), invalidated);
    }

    @Override
    public void close() {}
}
