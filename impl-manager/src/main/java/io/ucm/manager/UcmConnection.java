// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.OutcomeUnknownException;
import io.ucm.forwarder.Forward;
import io.ucm.spi.NodeAddress;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What a borrower sees: JDBC straight on the driver's connection. Thread-safe as far as the driver's connection is.
 *
 * <p>Invariant: {@code borrow} is set until the first {@link #close}, {@link #abort} or {@link #end}; whoever takes it
 * out ends it, once. After that every call fails with SQLState 08003, or with the reason given to {@code end}.
 */
@Forward(Connection.class)
final class UcmConnection extends ForwardingConnection implements Holder {

    private static final String CLOSED = "the connection is closed: its user closed it, or its work has returned";
    private static final String INVALID_PARAMETER = "22023";
    private static final String NOT_YOURS =
            "the transaction is UCM's: return from the work to commit, throw to roll back";

    private static final AtomicReferenceFieldUpdater<UcmConnection, @Nullable Borrow> BORROW =
            AtomicReferenceFieldUpdater.newUpdater(UcmConnection.class, Borrow.class, "borrow");

    private volatile @Nullable Borrow borrow;
    private final Manager manager;
    private final Consumer consumer;
    private final boolean managed;
    private final SessionRules rules;
    private final long since;
    private final Usage usage;
    private final @Nullable BorrowTrace trace;

    /** Made when the first is opened, under the lock of {@code usage}, like the next. */
    private volatile @Nullable OpenStatements statements;

    private volatile @Nullable RoutineChanges routines;

    /** For the thread that runs the work. */
    private long statementBegan;

    private volatile @Nullable SQLException ended;

    /** @param managed the transaction and the borrow belong to a {@link Call}, which ends both */
    UcmConnection(Borrow borrow, Manager manager, Consumer consumer, boolean managed) {
        this.borrow = borrow;
        this.since = borrow.since();
        this.statementBegan = since;
        this.manager = manager;
        this.consumer = consumer;
        this.managed = managed;
        this.usage = new Usage(since);
        this.trace = !managed && manager.settings().care().borrowTrace() ? new BorrowTrace() : null;
        this.rules = manager.rules();
        rules.tick(since);
    }

    @Override
    public Consumer consumer() {
        return consumer;
    }

    @Override
    public String kind() {
        return "connection";
    }

    @Override
    public long since() {
        return since;
    }

    /** How long it has gone unused, in nanoseconds. */
    long unused(long now) {
        return usage.unused(now);
    }

    /** Where it was borrowed; null where that was not remembered. */
    @Nullable
    BorrowTrace trace() {
        return trace;
    }

    @Override
    public void revoke() {
        takeBack(consumer.gone(manager.key()));
    }

    /** Nobody uses it any more. False: its user has closed it. Blocks for one connect to the server. */
    boolean takeBack(String account) {
        boolean taken = takeBack(new SQLNonTransientConnectionException(
                "pool '%s': the connection was taken back from bundle %s: %s"
                        .formatted(manager.key(), consumer, account),
                "08003"));
        if (taken) {
            consumer.leaked();
        }
        return taken;
    }

    private boolean takeBack(SQLException why) {
        ended = why;
        Borrow held = BORROW.getAndSet(this, null);
        if (held == null) {
            return false;
        }
        held.takeBack();
        routinesChanged();
        consumer.done(false);
        return true;
    }

    private Borrow borrow() throws SQLException {
        usage.used();
        Borrow held = borrow;
        if (held == null) {
            SQLException why = ended;
            throw why != null ? why : new SQLNonTransientConnectionException(CLOSED, "08003");
        }
        return held;
    }

    NodeAddress node() throws SQLException {
        return borrow().physical().node();
    }

    @Override
    Connection delegate() throws SQLException {
        return borrow().raw();
    }

    @Override
    SQLException failed(SQLException e) {
        Borrow held = borrow;
        return held == null ? e : held.failed(e, sinceStatement());
    }

    boolean isEnded() {
        return borrow == null;
    }

    void ensureOpen() throws SQLException {
        borrow();
    }

    /**
     * A statement of this connection is about to run, which may leave that behind. Looks for the end last, so that no
     * cancellation is missed.
     */
    void executing(Statement statement, int effects) throws SQLException {
        statementBegan = System.nanoTime();
        usage.begun();
        PhysicalConnection physical = borrow().physical();
        if (effects != 0) {
            leaves(physical, effects);
        }
        physical.executing(statement);
        ensureOpen();
    }

    /** How long ago the last statement began, in nanoseconds. */
    long sinceStatement() {
        return System.nanoTime() - statementBegan;
    }

    /** The statement is back. */
    void executed() {
        usage.ended();
        Borrow held = borrow;
        if (held != null) {
            held.ran(sinceStatement());
        }
    }

    /** For how long a statement has been running, in nanoseconds; 0: none is. */
    long running() {
        return usage.isRunning() ? sinceStatement() : 0;
    }

    /** A result of it is used. */
    void used() {
        usage.used();
    }

    private void leaves(PhysicalConnection physical, int effects) throws SQLException {
        if (managed && (effects & SqlEffects.TRANSACTION) != 0) {
            throw new SQLException(NOT_YOURS, "2D000");
        }
        if ((effects & SqlEffects.ROUTINES) != 0) {
            routines().begin();
        }
        physical.leaves(effects);
    }

    private RoutineChanges routines() {
        synchronized (usage) {
            RoutineChanges now = routines;
            if (now == null) {
                now = new RoutineChanges(rules, this::isEnded);
                routines = now;
            }
            return now;
        }
    }

    private void routinesChanged() {
        RoutineChanges now = routines;
        if (now != null) {
            now.end();
        }
    }

    SessionRules rules() {
        return rules;
    }

    /** A row is about to be written without a text. */
    void writing() throws SQLException {
        borrow().physical().leaves(rules.ofWrites());
    }

    /**
     * The user gets a part of the driver, which reaches the session past us. An interface of it ends with this
     * connection; a class does not, so the session ends with the borrow.
     */
    @Override
    <T> T unwrapped(Class<T> type, T part) throws SQLException {
        Borrow held = borrow();
        usage.outOfSight();
        held.physical().unwrapped();
        if (type.isInterface()) {
            return Objects.requireNonNull(Guard.of(this, type, part));
        }
        held.spoil();
        return part;
    }

    /** Ends the user's side at once, from any thread: further calls fail with the reason. */
    void end(SQLException why) {
        ended = why;
        end();
    }

    /** Ends the user's side because the work has returned. Each call comes by here: it makes no exception ahead. */
    void end() {
        borrow = null;
        routinesChanged();
    }

    @Override
    public void close() throws SQLException {
        Borrow held = BORROW.getAndSet(this, null);
        if (held != null) {
            closeStatements(held);
            giveBack(held);
        }
    }

    /** Closes what the user left open; a statement that can't be closed spoils the connection. */
    void closeStatements(Borrow held) {
        OpenStatements left = statements;
        if (left != null && !left.close()) {
            held.spoil();
        }
    }

    @Override
    public boolean isClosed() throws SQLException {
        Borrow held = borrow;
        return held == null || held.raw().isClosed();
    }

    /** What is not valid is not lent again. */
    @Override
    public boolean isValid(int seconds) throws SQLException {
        if (seconds < 0) {
            throw new SQLException("isValid: " + seconds + " s; 0 (no limit) or more is allowed", INVALID_PARAMETER);
        }
        Borrow held = borrow;
        if (held == null) {
            return false;
        }
        boolean valid = held.raw().isValid(seconds);
        if (!valid) {
            held.spoil();
        }
        return valid;
    }

    @Override
    public void abort(@Nullable Executor executor) throws SQLException {
        requireExecutor("abort", executor);
        Borrow held = BORROW.getAndSet(this, null);
        if (held != null) {
            held.spoil();
            held.raw().abort(executor);
            giveBack(held);
        }
    }

    private static void requireExecutor(String method, @Nullable Executor executor) throws SQLException {
        if (executor == null) {
            throw new SQLException(method + ": the executor is null", INVALID_PARAMETER);
        }
    }

    private void giveBack(Borrow held) {
        if (!managed) {
            held.giveBack();
            routinesChanged();
            consumer.done(true);
        }
    }

    void opened(Statement statement) {
        OpenStatements now = statements;
        (now == null ? statements() : now).add(statement);
    }

    private OpenStatements statements() {
        synchronized (usage) {
            OpenStatements now = statements;
            if (now == null) {
                now = new OpenStatements();
                statements = now;
            }
            return now;
        }
    }

    void closed(Statement statement) {
        OpenStatements now = statements;
        if (now != null) {
            now.remove(statement);
        }
    }

    int openStatements() {
        OpenStatements now = statements;
        return now == null ? 0 : now.count();
    }

    @Override
    Statement wrapped(Statement statement) {
        opened(statement);
        return new UcmStatement(this, statement);
    }

    @Override
    PreparedStatement wrapped(PreparedStatement statement, String sql) {
        opened(statement);
        return new UcmPreparedStatement(this, statement, rules.text(sql));
    }

    @Override
    CallableStatement wrapped(CallableStatement statement, String sql) {
        opened(statement);
        return new UcmCallableStatement(this, statement, rules.text(sql));
    }

    @Override
    @Nullable
    Blob wrapped(@Nullable Blob blob) {
        return Guard.of(this, Blob.class, blob);
    }

    @Override
    @Nullable
    Clob wrapped(@Nullable Clob clob) {
        return Guard.of(this, Clob.class, clob);
    }

    @Override
    @Nullable
    NClob wrapped(@Nullable NClob clob) {
        return Guard.of(this, NClob.class, clob);
    }

    @Override
    DatabaseMetaData wrapped(DatabaseMetaData metaData) {
        return new UcmDatabaseMetaData(this, metaData);
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        refuseWhenManaged();
        if (autoCommit) {
            committing(() -> super.setAutoCommit(true));
        } else {
            super.setAutoCommit(false);
        }
    }

    @Override
    public void commit() throws SQLException {
        refuseWhenManaged();
        committing(super::commit);
    }

    /** A step of JDBC. */
    private interface Step {

        void run() throws SQLException;
    }

    private void committing(Step step) throws SQLException {
        Borrow held = borrow();
        usage.begun();
        try {
            step.run();
        } catch (SQLException e) {
            throw mayBeDone(held, e)
                    ? new OutcomeUnknownException(
                            manager.key().toString(),
                            held.node(),
                            null,
                            "the connection was lost after COMMIT was sent: " + e.getMessage(),
                            e)
                    : e;
        } finally {
            usage.ended();
        }
    }

    /** Whether COMMIT may have been done without an answer: not where the session had ended before it, or writes nothing. */
    private boolean mayBeDone(Borrow held, SQLException e) {
        // Who took it back has closed it, and there is nobody to whom its failure was told.
        SQLException end = borrow == held ? held.lost() : SqlStates.end(e);
        return end != null
                && SqlStates.tellsOfTheNode(end)
                && !SqlStates.CLOSED.equals(e.getSQLState())
                && !manager.mode().readOnly();
    }

    @Override
    public void rollback() throws SQLException {
        refuseWhenManaged();
        super.rollback();
    }

    private void refuseWhenManaged() throws SQLException {
        if (managed) {
            ensureOpen();
            throw new SQLException(NOT_YOURS, "2D000");
        }
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        borrow().physical().changing(Setting.READ_ONLY);
        super.setReadOnly(readOnly);
    }

    @Override
    public void setTransactionIsolation(int level) throws SQLException {
        borrow().physical().leaves(SqlEffects.SESSION);
        super.setTransactionIsolation(level);
    }

    @Override
    public void setSchema(String schema) throws SQLException {
        borrow().physical().leaves(SqlEffects.SESSION);
        super.setSchema(schema);
    }

    @Override
    public void setHoldability(int holdability) throws SQLException {
        borrow().physical().changing(Setting.HOLDABILITY);
        super.setHoldability(holdability);
    }

    /** The driver's own map, which its user may write to. */
    @Override
    public Map<String, Class<?>> getTypeMap() throws SQLException {
        borrow().physical().changing(Setting.TYPE_MAP);
        return super.getTypeMap();
    }

    @Override
    public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
        borrow().physical().changing(Setting.TYPE_MAP);
        super.setTypeMap(map);
    }

    @Override
    public void setNetworkTimeout(@Nullable Executor executor, int milliseconds) throws SQLException {
        ensureOpen();
        requireExecutor("setNetworkTimeout", executor);
        borrow().physical().changing(Setting.NETWORK_TIMEOUT);
        super.setNetworkTimeout(executor, milliseconds);
    }

    @Override
    public void setClientInfo(String name, String value) throws SQLClientInfoException {
        openForClientInfo().setClientInfo(name, value);
    }

    @Override
    public void setClientInfo(Properties properties) throws SQLClientInfoException {
        openForClientInfo().setClientInfo(properties);
    }

    private Connection openForClientInfo() throws SQLClientInfoException {
        Borrow held = borrow;
        if (held == null) {
            throw new SQLClientInfoException(CLOSED, "08003", Map.of());
        }
        held.physical().leaves(SqlEffects.SESSION);
        return held.raw();
    }

    @Override
    public String toString() {
        Borrow held = borrow;
        return "pool '%s': connection of bundle %s, %s"
                .formatted(manager.key(), consumer, held == null ? "closed" : "open on " + held.node());
    }
}
