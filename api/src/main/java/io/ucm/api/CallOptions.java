// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one call differs from what its mode does anyway. Immutable; start from {@link #DEFAULT}.
 *
 * @param access which node may serve a {@code read}: null means {@link Access#READ_ONLY}, any node;
 *     {@link Access#READ_WRITE} means the primary, for a read that must see the newest state. The transaction is
 *     read-only either way. A {@code write} always goes to the primary, and refuses READ_ONLY. Without a part that
 *     chooses nodes, everything goes to the configured primary.
 * @param deadline the budget for waiting and working together, counted from the call, in place of the mode's acquire
 *     and statement timeouts; null means {@link ModeProfile#defaultDeadline()}
 * @param priority whose turn it is when callers wait for a connection; null means {@link ModeProfile#priority()}
 * @param after what a {@code read} must see at least: it goes to a replica that has it, waits there for some milliseconds,
 *     or goes to the primary; fails with {@link WriteLostException} when a failover has lost it. Null: nothing in particular
 * @param session reads of the same name stay at the same replica while that serves, so that none sees less than the one before;
 *     null: each goes where there is room
 */
public record CallOptions(
        @Nullable Access access,
        @Nullable Duration deadline,
        @Nullable Priority priority,
        @Nullable Position after,
        @Nullable String session) {

    public static final CallOptions DEFAULT = new CallOptions(null, null, null, null, null);

    public CallOptions {
        if (deadline != null && (deadline.isNegative() || deadline.isZero())) {
            throw new IllegalArgumentException("deadline " + deadline + ": must be longer than zero");
        }
    }

    public CallOptions withAccess(Access access) {
        return new CallOptions(access, deadline, priority, after, session);
    }

    public CallOptions withDeadline(Duration deadline) {
        return new CallOptions(access, deadline, priority, after, session);
    }

    public CallOptions withPriority(Priority priority) {
        return new CallOptions(access, deadline, priority, after, session);
    }

    /** A read that must see what was committed by that moment: see {@link ConnectionManager#position()}. */
    public CallOptions after(Position after) {
        return new CallOptions(access, deadline, priority, after, session);
    }

    /** One of several reads that are to stay at the same replica. */
    public CallOptions inSession(String session) {
        return new CallOptions(access, deadline, priority, after, session);
    }
}
