// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection of the driver in a pool of ours, which remembers what its borrower changed, left and runs. The pool sees it as
 * any other connection; what the borrower sees is a {@link UcmConnection} straight on the driver's.
 *
 * <p>Used by one borrower at a time; only {@link #cancelStatement}, {@link #lent} and {@link #abort} may be called from
 * another thread.
 */
final class PhysicalConnection extends ForwardingConnection {

    private final Connection raw;
    private final NodeAddress node;
    private final Map<Setting, Setting.Restore> changed = new EnumMap<>(Setting.class);
    private final AtomicInteger left = new AtomicInteger();
    private final Set<PhysicalConnection> open;
    private volatile @Nullable Statement executing;
    private volatile @Nullable Holder holder;

    /** @param open where it is kept from now until it is closed */
    PhysicalConnection(Connection raw, NodeAddress node, Set<PhysicalConnection> open) {
        this.raw = raw;
        this.node = node;
        this.open = open;
        open.add(this);
    }

    @Override
    Connection delegate() {
        return raw;
    }

    NodeAddress node() {
        return node;
    }

    /** Who has it now; empty while it is idle. */
    Optional<Lent> lent() {
        return Optional.ofNullable(holder).map(now -> new Lent(now, node));
    }

    /** Somebody has it from now on: seen by whoever looks for what a stopped bundle holds. */
    void lend(Holder to) {
        holder = to;
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

    /** What its borrower runs may leave something: it is taken away on {@link #reset}. */
    void leaves(int effects) {
        if ((left.get() & effects) != effects) {
            left.accumulateAndGet(effects, (before, more) -> before | more);
        }
    }

    /** Its borrower reaches the driver past us, and may leave anything but a transaction of JDBC's. */
    void unwrapped() throws SQLException {
        changing(Setting.DRIVER);
        leaves(SqlEffects.ANYTHING | SqlEffects.TRANSACTION);
    }

    /**
     * Ends a transaction that is still open, and takes away what was left: no round trip when nothing was, else one.
     *
     * @throws SQLException when something may still be there
     */
    void reset() throws SQLException {
        executing = null;
        holder = null;
        if (!changed.isEmpty()) {
            restore(Setting.NETWORK_TIMEOUT);
            restore(Setting.DRIVER);
        }
        SessionReset.run(raw, left.get() == 0 ? 0 : left.getAndSet(0));
        if (!changed.isEmpty()) {
            for (Setting.Restore restore : changed.values()) {
                restore.on(raw);
            }
            changed.clear();
        }
        raw.clearWarnings();
    }

    private void restore(Setting setting) throws SQLException {
        Setting.Restore restore = changed.remove(setting);
        if (restore != null) {
            restore.on(raw);
        }
    }

    @Override
    public void close() throws SQLException {
        open.remove(this);
        raw.close();
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        open.remove(this);
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
