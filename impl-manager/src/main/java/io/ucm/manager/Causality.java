// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Position;
import io.ucm.api.WriteLostException;
import io.ucm.spi.Epoch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a read may run that must see what was written by a moment. A replica is asked, in a statement of its own before the
 * read takes its snapshot, whether it has replayed so far. Its timeline is the one that the topology told last. A primary is
 * asked where the moment is of a later history than the one that is known: it may be one that others have left behind, and
 * nobody told yet. Immutable.
 */
record Causality(Position after) {

    private static final Duration PATIENCE = Duration.ofMillis(50);
    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private static final String TIMELINE = "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int";

    /** A primary's replay position is the one at which it was promoted, or none. */
    private static final String REPLAYED =
            "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() >= ?::pg_lsn" + " ELSE " + TIMELINE
                    + " >= ? END";

    /** The flushed position: the one that is written next is beyond what was committed. */
    private static final String POSITION = "SELECT " + TIMELINE + ", (pg_current_wal_flush_lsn() - '0/0')::bigint";

    /** The moment that it is on a primary now. */
    static Position position(Connection primary) throws SQLException {
        try (Statement statement = primary.createStatement();
                ResultSet told = statement.executeQuery(POSITION)) {
            told.next();
            return new Position(told.getInt(1), told.getLong(2));
        }
    }

    /** Whether it is lost; null: it is not, as far as is known. */
    @Nullable
    WriteLostException lost(String pool, @Nullable Epoch epoch) {
        Long end = epoch == null || after.timeline() >= epoch.timeline()
                ? null
                : epoch.ends().get(after.timeline());
        return end == null || Long.compareUnsigned(after.lsn(), end) <= 0
                ? null
                : new WriteLostException(pool, after, new Position(after.timeline(), end));
    }

    /** Whether a replica may be asked: its history is known to be that of the moment. */
    boolean mayBeReplayed(@Nullable Epoch epoch) {
        return epoch != null
                && (after.timeline() == epoch.timeline()
                        || after.timeline() < epoch.timeline() && epoch.ends().containsKey(after.timeline()));
    }

    /** Whether whoever is the primary of that epoch has it, so that it is not asked. */
    boolean isOf(@Nullable Epoch epoch) {
        return epoch != null && after.timeline() <= epoch.timeline();
    }

    /** Whether this node has it, waiting for a moment. Outside of a transaction. */
    boolean isReplayed(Connection replica, long deadline) throws SQLException {
        long until = Math.min(deadline, System.nanoTime() + PATIENCE.toNanos());
        String lsn = after.toString().substring(after.toString().indexOf(':') + 1);
        try (PreparedStatement statement = replica.prepareStatement(REPLAYED)) {
            statement.setString(1, lsn);
            statement.setInt(2, after.timeline());
            while (!isTrue(statement)) {
                if (System.nanoTime() - until >= 0) {
                    return false;
                }
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
            }
            return true;
        }
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet told = statement.executeQuery()) {
            return told.next() && told.getBoolean(1);
        }
    }
}
