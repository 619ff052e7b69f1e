// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.CommitOutcome;
import io.ucm.api.OutcomeUnknownException;
import io.ucm.api.WriteState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the outcome of one write (docs/architecture.md, "Delivery"). Each of its transactions
 * carries the same token: its row is there if and only if one of them was committed. So while an outcome is unknown, the
 * next attempt first ends what the server still does for the connections that were lost, and claims the token in its own
 * transaction: that waits for an older transaction that is still open, and then finds the row, or has it, and no older
 * transaction can be committed any more.
 *
 * <p>Invariant: while {@code unknown} is set, the work is run only by who has the token, and no answer but success or {@code
 * unknown} itself is given: a claim whose connection is lost may be undone, and an old COMMIT arrive after that. Used by one thread at a time; the others look only.
 *
 * @param <T> what the work returns
 */
final class WriteOutcome<T> {

    /** The topic of the event that an unknown outcome was found out. */
    static final String RESOLVED = "io/ucm/write/RESOLVED";

    private static final Logger LOG = LoggerFactory.getLogger(WriteOutcome.class);

    private final Manager manager;
    private volatile @Nullable WriteToken token;
    private volatile @Nullable OutcomeUnknownException unknown;

    /** What the work returned whose COMMIT was sent last. */
    private volatile @Nullable T sent;

    /** What a server may still do for connections that were lost; until it was told to end that. */
    private final List<Lost> lost = new ArrayList<>();

    private record Lost(Backend backend, String node) {}

    WriteOutcome(Manager manager) {
        this.manager = manager;
    }

    /** COMMIT is about to be sent: the token that it is to carry; null: none can be left. */
    @Nullable
    WriteToken sending(@Nullable T value) {
        sent = value;
        WriteToken own = token;
        if (own == null && manager.mode().commitOutcome() == CommitOutcome.RESOLVED) {
            own = manager.tokens().next();
            token = own;
        }
        return own;
    }

    /** The one that its transactions carry; null: none, so far. */
    @Nullable
    WriteToken token() {
        return token;
    }

    /** What its last transaction that may be committed returned. */
    @Nullable
    T sent() {
        return sent;
    }

    /** The failure to give where the outcome is not found out in time; null where nothing is unknown. */
    @Nullable
    OutcomeUnknownException unknown() {
        return unknown;
    }

    /**
     * How it goes on after a failed attempt.
     *
     * @param otherwise how it would, if nothing may have been committed
     */
    Replays.Way after(Attempt failed, Throwable failure, Replays.Way otherwise) {
        if (failed.borrow().isBroken()) {
            lost(failed.borrow());
        }
        if (otherwise == Replays.Way.NOT && failed.wasCommitting() && isTokenRefused(failure)) {
            return Replays.Way.HERE;
        }
        if (failed.holdsToken()
                && lostAt(failed.borrow().node()).isEmpty()
                && !(failure instanceof OutcomeUnknownException)) {
            settled();
        }
        boolean open = failure instanceof OutcomeUnknownException now ? isToBeFoundOut(now) : unknown != null;
        return open ? Replays.Way.ELSEWHERE : otherwise;
    }

    /** COMMIT was not answered; whether that can be found out. */
    private boolean isToBeFoundOut(OutcomeUnknownException failure) {
        if (token == null) {
            return false;
        }
        unknown = failure;
        return true;
    }

    /** COMMIT was refused because the token could not be left: without one it may succeed. True once at most. */
    private boolean isTokenRefused(Throwable failure) {
        boolean refused = token != null
                && unknown == null
                && failure instanceof SQLException sql
                && SqlStates.deniesTheTable(sql);
        if (refused) {
            manager.tokens().failed((SQLException) failure);
            token = null;
        }
        return refused;
    }

    /** A connection is of no use any more: what the server still does for it is in the way of the next attempt. */
    private void lost(Borrow borrow) {
        lost.add(new Lost(borrow.physical().session().backend(), borrow.node()));
    }

    /**
     * At the begin of a transaction: whether the work is to be run in it. False: it was committed before; to be told, the
     * transaction is to be committed.
     */
    boolean begin(Attempt attempt) throws SQLException {
        if (unknown == null) {
            return true;
        }
        boolean claimed = attempt.claim(token);
        if (claimed) {
            tell(WriteState.NOT_COMMITTED);
        }
        return claimed;
    }

    /** An attempt that has the token has failed, and its session lives: no other one was committed, and none will be. */
    private void settled() {
        unknown = null;
    }

    /** It was found, and that is confirmed. */
    void confirmed() {
        tell(WriteState.COMMITTED);
    }

    private void tell(WriteState state) {
        OutcomeUnknownException why = unknown;
        WriteToken told = token;
        if (why != null && told != null) {
            LOG.info("{}: write {} was {}: {}", manager.key(), told, state, why.getMessage());
            manager.events()
                    .post(
                            RESOLVED,
                            Map.of(
                                    "cluster", manager.key().cluster(),
                                    "mode", manager.key().mode(),
                                    "token", told.toString(),
                                    "outcome", state.name(),
                                    "why", String.valueOf(why.getMessage()),
                                    "timestamp", System.currentTimeMillis()));
        }
    }

    private List<Lost> lostAt(String node) {
        return lost.stream().filter(one -> one.node().equals(node)).toList();
    }

    /**
     * Before a transaction: nothing is in its way that its server still does for lost connections. One round trip for each, if
     * any. One that can't be ended stays, and so does what is not known.
     */
    void endLost(Borrow borrow) throws SQLException {
        for (Lost one : lostAt(borrow.node())) {
            try {
                one.backend().end(borrow.raw());
                lost.remove(one);
            } catch (SQLException e) {
                borrow.failed(e);
                if (borrow.hasEnded()) {
                    throw e;
                }
                LOG.debug("{}: {} could not be ended", manager.key(), one, e);
            }
        }
    }
}
