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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of the driver in a pool of ours, which remembers what its borrower changed, left and runs. The pool sees it as
 * any other connection; what the borrower sees is a {@link UcmConnection} straight on the driver's.
 *
 * <p>Used by one borrower at a time; only {@link #cancelStatement}, {@link #lent} and {@link #abort} may be called from
 * another thread.
 */
final class PhysicalConnection extends ForwardingConnection {

    private static final Logger LOG = LoggerFactory.getLogger(PhysicalConnection.class);

    private static final int IDLE = 0;
    private static final int TAKEN = 1;
    private static final int CHANGING = 2;

    private final NodeAddress node;

    /** Whether somebody uses the session, or is putting another in its place. */
    private final AtomicInteger use = new AtomicInteger(IDLE);

    /** Takes the session's place as soon as nobody uses that. */
    private final AtomicReference<@Nullable ServerSession> successor = new AtomicReference<>();

    /** Both change together, by whoever has set {@code use}. */
    private volatile ServerSession session;

    private volatile Connection raw;

    private final Map<Setting, Setting.Restore> changed = new EnumMap<>(Setting.class);
    private final AtomicInteger left = new AtomicInteger();
    private final Connections siblings;
    private volatile int seenWellAt;
    private volatile @Nullable Statement executing;
    private final AtomicReference<@Nullable Holder> holder = new AtomicReference<>();
    private volatile boolean closed;

    /** When it was last seen alive, in {@link System#nanoTime}. Of whoever has it: the pool hands it over. */
    private long alive = System.nanoTime();

    /** @param siblings where it is kept from now until it is closed */
    PhysicalConnection(ServerSession session, NodeAddress node, Connections siblings) {
        this.session = session;
        this.raw = session.raw();
        this.seenWellAt = session.alarm();
        this.node = node;
        this.siblings = siblings;
        siblings.opened(this);
    }

    ServerSession session() {
        return session;
    }

    /** The caller uses it from now on: until {@link #release}, no other session takes the place of this one. */
    void take() {
        while (!use.compareAndSet(IDLE, TAKEN)) {
            Thread.yield();
        }
        succeed();
    }

    /** Its user is done. */
    private void release() {
        succeed();
        use.setRelease(IDLE);
    }

    /** Another session is to take the place of this one: now if nobody uses it, or else before it is used again. */
    void renew(ServerSession next) {
        ServerSession unused = successor.getAndSet(next);
        if (unused != null) {
            siblings.discard(unused);
        }
        if (use.compareAndSet(IDLE, CHANGING)) {
            succeed();
            use.set(IDLE);
        }
        if (closed) {
            discardSuccessor();
            siblings.discard(session);
        }
    }

    private void succeed() {
        if (successor.get() == null) {
            return;
        }
        ServerSession next = successor.getAndSet(null);
        if (next != null) {
            ServerSession before = session;
            session = next;
            raw = next.raw();
            seenWellAt = next.alarm();
            alive = next.born();
            siblings.discard(before);
            if (closed) {
                siblings.discard(next);
            }
        }
    }

    private void discardSuccessor() {
        ServerSession unused = successor.getAndSet(null);
        if (unused != null) {
            siblings.discard(unused);
        }
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
        return Optional.ofNullable(holder.get()).map(now -> new Lent(now, node));
    }

    /** Somebody has it from now on: seen by whoever looks for what a stopped bundle holds. */
    void lend(Holder to) {
        holder.set(to);
    }

    /** Whether nothing was heard of it for that long until now, a {@link System#nanoTime}; always for zero. */
    boolean silentFor(Duration time, long now) {
        return time.isZero() || now - alive >= time.toNanos();
    }

    /** For how long nothing was heard of it until now. Any thread: it may see a moment that has just passed. */
    Duration silence(long now) {
        return Duration.ofNanos(Math.max(0, now - alive));
    }

    @Override
    public boolean isValid(int seconds) throws SQLException {
        Connection asked = raw;
        boolean valid = asked.isValid(seconds);
        if (!valid && asked != raw) {
            // It was replaced in between, and closed.
            valid = raw.isValid(seconds);
        }
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

    /** Whether what its borrower has read stays true even if COMMIT fails: a serializable transaction may still be refused. */
    boolean isReadFinal() {
        return left.get() == 0 && !session.serializable();
    }

    /**
     * Ends a transaction that is still open, and takes away what was left: no round trip when nothing was, else one.
     *
     * @throws SQLException when something may still be there
     */
    void reset() throws SQLException {
        boolean ran = executing != null;
        if (ran) {
            executing = null;
        }
        holder.setRelease(null);
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
        if (ran) {
            alive = System.nanoTime();
        }
        release();
    }

    private void restore(Setting setting) throws SQLException {
        Setting.Restore restore = changed.remove(setting);
        if (restore != null) {
            restore.on(raw);
        }
    }

    @Override
    public void close() throws SQLException {
        siblings.gone(this);
        closed = true;
        discardSuccessor();
        raw.close();
    }

    @Override
    public void abort(Executor executor) throws SQLException {
        siblings.gone(this);
        closed = true;
        discardSuccessor();
        raw.abort(executor);
    }

    /** Its user gets an error in place of an answer. Does not wait for the server. */
    void cutOff() {
        try {
            abort(Runnable::run);
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("a connection to {} could not be cut off", node, e);
        }
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
