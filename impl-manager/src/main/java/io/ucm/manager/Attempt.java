// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.OutcomeUnknownException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try of a {@link Call}: its work in one transaction on one connection. What runs is cancelled, from another thread,
 * under a lock that the way back waits for, so that no cancellation reaches who has the connection next.
 */
final class Attempt {

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** A cancellation that came between two statements finds nothing to cancel: it is repeated until all is back. */
    private static final long CANCEL_AGAIN_MS = 100;

    private final Manager manager;
    private final Borrow borrow;
    private final UcmConnection connection;
    private final ReentrantLock lock = new ReentrantLock();

    /** Whether the token was left at the begin. */
    private boolean claimed;

    private boolean committing;

    Attempt(Manager manager, Consumer consumer, Borrow borrow) {
        this.manager = manager;
        this.borrow = borrow;
        this.connection = new UcmConnection(borrow, manager, consumer, true);
    }

    Borrow borrow() {
        return borrow;
    }

    /** What the work sees. */
    UcmConnection connection() {
        return connection;
    }

    /**
     * Begins the transaction. No round trip: the driver sends BEGIN with the first statement.
     *
     * @param statementLimitMs what the server is to let a statement run in place of the mode's limit; 0: the mode's
     */
    void begin(boolean readOnly, long statementLimitMs) throws SQLException {
        try {
            beginOnRaw(readOnly, statementLimitMs);
        } catch (SQLException e) {
            throw borrow.failed(e);
        }
    }

    private void beginOnRaw(boolean readOnly, long statementLimitMs) throws SQLException {
        Connection raw = borrow.raw();
        if (readOnly && !manager.mode().readOnly()) {
            borrow.physical().changing(Setting.READ_ONLY);
            raw.setReadOnly(true);
        }
        raw.setAutoCommit(false);
        if (statementLimitMs > 0) {
            try (Statement statement = raw.createStatement()) {
                statement.execute("SET LOCAL statement_timeout = " + Math.min(statementLimitMs, Integer.MAX_VALUE));
            }
        }
    }

    /** Whether the server ended its statement because that ran for as long as the mode lets one run. */
    boolean isCutShort(Throwable failure) {
        long limit = manager.mode().statementTimeout().toNanos();
        return limit > 0 && SqlStates.cancelled(failure) && connection.sinceStatement() >= limit;
    }

    /** Whether this node has what a read must see; waits for it for a moment. Before the transaction. */
    boolean hasReplayed(Causality causality, long deadline) throws SQLException {
        try {
            return causality.isReplayed(borrow.raw(), deadline);
        } catch (SQLException e) {
            throw borrow.failed(e);
        }
    }

    /** Leaves the token in this transaction; false when it is there already. Waits for another one that has left it. */
    boolean claim(WriteToken token) throws SQLException {
        claimed = update(token.claim(), token) > 0;
        return claimed;
    }

    private int update(String sql, WriteToken token) throws SQLException {
        try (PreparedStatement statement = borrow.raw().prepareStatement(sql)) {
            statement.setObject(1, token.id());
            // It may wait for the other one: the deadline cancels it as it does the work's own statements.
            borrow.physical().executing(statement);
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw borrow.failed(e);
        }
    }

    /**
     * Sends COMMIT; null when it is done. An {@link OutcomeUnknownException} when it may or may not be.
     *
     * @param token what the transaction is to carry, unless it does; null: nothing
     */
    @Nullable
    Throwable commit(boolean readOnly, @Nullable WriteToken token) {
        committing = true;
        WriteToken left = claimed ? null : token;
        try {
            SQLWarning warning = left == null ? commit(borrow.raw()) : commitWith(left);
            return warning == null || readOnly
                    ? null
                    : unknown(token, "COMMIT returned with the warning '" + warning.getMessage() + "'", warning);
        } catch (SQLException e) {
            borrow.failed(e);
            return readOnly || !borrow.hasEnded()
                    ? e
                    : unknown(token, "the connection was lost after COMMIT was sent: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            borrow.spoil();
            return unknown(token, "the driver failed at COMMIT: " + e, e);
        }
    }

    private static @Nullable SQLWarning commit(Connection raw) throws SQLException {
        raw.clearWarnings();
        raw.commit();
        return raw.getWarnings();
    }

    /** One message: the token costs no round trip. The driver sees in the answer that the transaction is over. */
    private @Nullable SQLWarning commitWith(WriteToken token) throws SQLException {
        try (PreparedStatement statement = borrow.raw().prepareStatement(token.commit())) {
            statement.setObject(1, token.id());
            statement.execute();
            return statement.getWarnings();
        }
    }

    /**
     * Commits what was only looked at, so that what was seen is on the standbys too: for that the transaction must write
     * something, and leaves another token.
     */
    @Nullable
    Throwable confirm(WriteToken token) {
        try {
            SQLWarning warning = commitWith(WriteToken.at(token.serverMs()));
            return warning == null
                    ? null
                    : unknown(
                            token,
                            "it was committed, but its replication was not confirmed: " + warning.getMessage(),
                            warning);
        } catch (SQLException e) {
            return unconfirmed(token, borrow.failed(e));
        } catch (RuntimeException | Error e) {
            borrow.spoil();
            return unconfirmed(token, e);
        }
    }

    private OutcomeUnknownException unconfirmed(WriteToken token, Throwable e) {
        return unknown(token, "it was committed, but that could not be confirmed: " + e.getMessage(), e);
    }

    /** Whether it has the token, and a session that lives. */
    boolean holdsToken() {
        return claimed && borrow.lost() == null;
    }

    /** Whether COMMIT was sent, so that a failure is not the work's. */
    boolean wasCommitting() {
        return committing;
    }

    Backend backend() {
        return borrow.physical().session().backend();
    }

    /** Closes its connection, if it is still so: its user gets an error in place of the answer that will not come. */
    void cutOffWhile(BooleanSupplier unanswered) {
        lock.lock();
        try {
            if (unanswered.getAsBoolean()) {
                LOG.warn(
                        "{}: {} works on no COMMIT that waits for an answer: the connection is closed",
                        manager.key(),
                        borrow.node());
                borrow.cutOff();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether what it has read stays true even if COMMIT fails: a serializable transaction may still be refused. */
    boolean isReadFinal() {
        return borrow.physical().isReadFinal();
    }

    OutcomeUnknownException unknown(@Nullable WriteToken token, String why, @Nullable Throwable cause) {
        return new OutcomeUnknownException(
                manager.key().toString(), borrow.node(), token == null ? null : token.id(), why, cause);
    }

    /**
     * Undoes what was not committed; the connection stays for the next try, outside of a transaction. False: it is of no use any
     * more.
     */
    boolean undo() {
        end();
        if (borrow.isBroken()) {
            return false;
        }
        try {
            borrow.raw().rollback();
            borrow.raw().setAutoCommit(true);
            return true;
        } catch (SQLException e) {
            borrow.failed(e);
            borrow.spoil();
            return false;
        }
    }

    /** Rolls back what was not committed, and gives the connection back. */
    void giveBack() {
        end();
        borrow.giveBack();
    }

    /** The work has returned; a cancellation on its way has ended when this returns. */
    private void end() {
        connection.end();
        lock.lock();
        lock.unlock();
    }

    /**
     * Ends what the work does: its next call of JDBC fails, and what runs on the server is cancelled, in the background,
     * until it is over.
     */
    void stop(SQLException why, BooleanSupplier running) {
        borrow.interrupt(connection.running());
        connection.end(why);
        manager.threads().background().execute(() -> cancelWhile(running));
    }

    private void cancelWhile(BooleanSupplier running) {
        lock.lock();
        try {
            if (!running.getAsBoolean()) {
                return;
            }
            borrow.physical().cancelStatement();
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("{}: could not cancel on {}", manager.key(), borrow.node(), e);
        } finally {
            lock.unlock();
        }
        manager.threads()
                .timer()
                .schedule(
                        () -> manager.threads().background().execute(() -> cancelWhile(running)),
                        CANCEL_AGAIN_MS,
                        TimeUnit.MILLISECONDS);
    }
}
