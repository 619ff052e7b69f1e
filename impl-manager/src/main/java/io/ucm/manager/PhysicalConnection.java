// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the driver in a pool of ours, which remembers what its borrower changed and runs. The pool sees it as
 * any other connection; what the borrower sees is a {@link UcmConnection} straight on the driver's.
 *
 * <p>Used by one borrower at a time; only {@link #cancelStatement}, {@link #lent} and {@link #abort} may be called from
 * another thread.
 */
final class PhysicalConnection extends ForwardingConnection {

    private final Connection raw;
    private final NodeAddress node;
    private final Map<Setting, Setting.Restore> changed = new EnumMap<>(Setting.class);
    private final Connections siblings;
    private final int epoch;
    private volatile int seenWellAt;
    private volatile @Nullable Statement executing;
    private volatile @Nullable Holder holder;

    /** When it was last seen alive, in {@link System#nanoTime}. Of whoever has it: the pool hands it over. */
    private long alive = System.nanoTime();

    /**
     * @param siblings where it is kept from now until it is closed
     * @param epoch theirs, from before it was opened
     * @param seenWellAt their alarm, from before it was opened
     */
    PhysicalConnection(Connection raw, NodeAddress node, Connections siblings, int epoch, int seenWellAt) {
        this.raw = raw;
        this.node = node;
        this.siblings = siblings;
        this.epoch = epoch;
        this.seenWellAt = seenWellAt;
        siblings.opened(this);
    }

    int epoch() {
        return epoch;
    }

    /** The alarm when it was last seen well. */
    int seenWellAt() {
        return seenWellAt;
    }

    void seenWell(int alarm) {
        seenWellAt = alarm;
    }

    /** It is about to be closed and does not count any more. */
    void condemn() {
        siblings.gone(this);
    }

    @Override
    Connection delegate() {
        return raw;
    }

    NodeAddress node() {
        return node;
    }

    /**
     * Whether a refused write means that the node has lost its role: not where the borrower asked for a read-only
     * transaction itself. PostgreSQL reports with its answers whether it is a standby, from version 14 on.
     */
    boolean tellsOfTheRole() throws SQLException {
        return !raw.isReadOnly() && !"off".equals(reported("in_hot_standby"));
    }

    /** A setting that the server reports by itself; null where it or the driver does not. */
    private @Nullable String reported(String parameter) {
        try {
            return (String) Reflected.of(raw).call("getParameterStatus", parameter);
        } catch (IllegalStateException e) {
            return null;
        }
    }

    /** Who has it now; empty while it is idle. */
    Optional<Lent> lent() {
        return Optional.ofNullable(holder).map(now -> new Lent(now, node));
    }

    /** Somebody has it from now on: seen by whoever looks for what a stopped bundle holds. */
    void lend(Holder to) {
        holder = to;
    }

    /** Whether nothing was heard of it for that long until now, a {@link System#nanoTime}. */
    boolean silentFor(Duration time, long now) {
        return now - alive >= time.toNanos();
    }

    @Override
    public boolean isValid(int seconds) throws SQLException {
        boolean valid = raw.isValid(seconds);
        if (valid) {
            alive = System.nanoTime();
        }
        return valid;
    }

    /** A setting is about to change: it is put back on {@link #reset}. */
    void changing(Setting setting) throws SQLException {
        if (!changed.containsKey(setting)) {
            changed.put(setting, setting.remember(raw));
        }
    }

    /** Remembers the statement that is about to run, so that it can be cancelled. */
    void executing(Statement statement) {
        executing = statement;
    }

    /** Asks the server to cancel what runs; does nothing when nothing runs. Blocks for one connect to the server. */
    void cancelStatement() throws SQLException {
        Statement running = executing;
        if (running != null) {
            running.cancel();
        }
    }

    /** Ends a transaction that is still open, and puts back what was changed: no round trip when nothing was. */
    void reset() throws SQLException {
        executing = null;
        holder = null;
        if (!raw.getAutoCommit()) {
            raw.rollback();
            raw.setAutoCommit(true);
        }
        if (!changed.isEmpty()) {
            for (Setting.Restore restore : changed.values()) {
                restore.on(raw);
            }
            changed.clear();
        }
        raw.clearWarnings();
        alive = System.nanoTime();
    }

    @Override
    public void close() throws SQLException {
        siblings.gone(this);
        raw.close();
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        siblings.gone(this);
        raw.abort(executor);
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        raw.setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        raw.setClientInfo(properties);
    }
}
