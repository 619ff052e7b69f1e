// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The password of one role, and for a while the one that it had before: the configuration and the server are changed one
 * after the other, in either order, and in between only one of the two is right. Thread-safe.
 *
 * <p>{@code known} and {@code formerWorks} are each replaced as a whole; a connection that was opened meanwhile bears the
 * number of the password that it was opened with.
 */
final class Credentials {

    /** Opens a connection with one password. */
    @FunctionalInterface
    interface Opener {
        Connection open(Secret password) throws SQLException;
    }

    /** A connection, and the number of the password that opened it. */
    record Opened(Connection connection, int password) {}

    private record Known(
            int number, Secret password, @Nullable Secret former, long formerUntil) {}

    private volatile Known known;

    /** Which of the two worked last: it is tried first. */
    private volatile boolean formerWorks;

    Credentials(Secret password) {
        this.known = new Known(0, password, null, 0);
    }

    /** From now on this is the password; the one before is tried too for the grace. */
    synchronized void change(Secret password, Duration grace) {
        Known before = known;
        if (!before.password().equals(password)) {
            known = new Known(before.number() + 1, password, before.password(), System.nanoTime() + grace.toNanos());
        }
    }

    /** The number of the password that is configured now: it counts the changes. */
    int number() {
        return known.number();
    }

    /**
     * A connection with the password that works.
     *
     * @param newest only the one that is configured now will do
     */
    Opened open(boolean newest, Opener opener) throws SQLException {
        Known now = known;
        Secret former = now.former();
        if (newest || former == null || System.nanoTime() - now.formerUntil() > 0) {
            return new Opened(opener.open(now.password()), now.number());
        }
        boolean formerFirst = formerWorks;
        try {
            return open(now, former, formerFirst, opener);
        } catch (SQLException e) {
            if (!SqlStates.refusesTheRole(e)) {
                throw e;
            }
            try {
                return open(now, former, !formerFirst, opener);
            } catch (SQLException other) {
                e.addSuppressed(other);
                throw e;
            }
        }
    }

    private Opened open(Known now, Secret former, boolean withFormer, Opener opener) throws SQLException {
        Connection connection = opener.open(withFormer ? former : now.password());
        formerWorks = withFormer;
        return new Opened(connection, withFormer ? now.number() - 1 : now.number());
    }
}
