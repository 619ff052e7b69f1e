// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.WriteLostException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Which lane one {@link Call} takes next: by what it is, by what its options ask for, and by what was found out on the way.
 * Thread-safe.
 */
final class LaneChoice {

    private final Manager manager;
    private final CallOptions options;
    private final boolean readOnly;

    /** What a read must see; null: nothing in particular. */
    private final @Nullable Causality causality;

    /** No replica has what it must see. */
    private volatile boolean primaryOnly;

    LaneChoice(Manager manager, CallOptions options, boolean readOnly) {
        this.manager = manager;
        this.options = options;
        this.readOnly = readOnly;
        this.causality = readOnly && options.after() != null ? new Causality(options.after()) : null;
    }

    /** @param avoided the replica that was in its way; null: none */
    Lane next(@Nullable Lane avoided) {
        if (!readOnly) {
            return manager.primary();
        }
        if (!isForAnyNode()) {
            return manager.newest();
        }
        if (options.session() == null) {
            return manager.lane(true, avoided);
        }
        // Of the other nodes, only the primary is never behind the one that the session has seen.
        boolean toPrimary = avoided != null && manager.generations().current() != null;
        return toPrimary ? manager.primary() : manager.ofSession(options.session());
    }

    /** A read that several nodes may serve. */
    boolean isMovable() {
        return isForAnyNode() || readOnly && manager.readsUnwritable();
    }

    boolean isForAnyNode() {
        return readOnly
                && options.access() != Access.READ_WRITE
                && !primaryOnly
                && (causality == null || causality.mayBeReplayed(manager.epoch()));
    }

    /** Whether the node that a lane led to has what it must see. Blocks while it asks. */
    boolean isGood(Lane lane, Attempt there, long deadline) throws SQLException {
        if (causality == null) {
            return true;
        }
        WriteLostException lost = causality.lost(manager.key().toString(), manager.epoch());
        if (lost != null) {
            throw lost;
        }
        return lane.toPrimary() && causality.isOf(manager.epoch()) || there.hasReplayed(causality, deadline);
    }

    /** It goes to no replica any more. */
    void onlyPrimary() {
        primaryOnly = true;
    }
}
