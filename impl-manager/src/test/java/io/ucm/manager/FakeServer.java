// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLWarning;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.osgi.service.jdbc.DataSourceFactory;

/**
 * A database without a network: it records what reaches it, and fails, warns or hangs where a test says so. A statement
 * whose text ends with {@code hang} runs until it is cancelled.
 */
final class FakeServer {

    @FunctionalInterface
    interface Behaviour {
        void run() throws SQLException;
    }

    /** The process of each of its sessions. */
    static final int PID = 7;

    static final String STARTED = "then";

    /** @param state as in pg_stat_activity */
    record Process(int pid, String started, @Nullable String state) {}

    /** What reached it, in order. */
    final List<String> log = new CopyOnWriteArrayList<>();

    final AtomicInteger open = new AtomicInteger();

    /** The most that were open at a time. */
    final AtomicInteger highest = new AtomicInteger();

    /** What ran on a session that was closed. */
    final AtomicInteger usedWhenClosed = new AtomicInteger();

    /** What was connected to, or tried. */
    final List<String> urls = new CopyOnWriteArrayList<>();

    final List<Properties> sessions = new CopyOnWriteArrayList<>();
    volatile Behaviour onConnect = () -> {};

    /** The host that takes no connection. */
    volatile String refused = "nobody";

    volatile Behaviour onCommit = () -> {};
    /** It is committed, and the answer is on its way. */
    volatile Behaviour onCommitted = () -> {};

    /** Auto-commit is switched on. */
    volatile Behaviour onAutoCommit = () -> {};

    volatile Behaviour onExecute = () -> {};
    /** A transaction begins with a limit of its own. */
    volatile Behaviour onBegin = () -> {};
    /** Whether a replica has replayed what somebody wants to see, and what happens when it is asked. */
    volatile boolean replayed;

    volatile Behaviour onReplayed = () -> {};
    /** Whether that was ever asked when a transaction had begun, whose snapshot may be older than the answer. */
    volatile boolean replayedInTransaction;

    /** A token is about to be claimed. */
    volatile Behaviour onClaim = () -> {};

    /** A session is restored. */
    volatile Behaviour onReset = () -> {};

    /** Of another session. */
    volatile Behaviour onTerminate = () -> {};

    /** The next session that commits is closed by the server. */
    volatile boolean closing;

    volatile boolean warnAtCommit;

    /** Failing: the connection that is asked is not well. */
    volatile Behaviour onIsValid = () -> {};

    /** Whether its transactions are, where nothing else is said. */
    volatile boolean serializable;

    /** When its process for a session was started; null: it does not say. */
    volatile @Nullable String started = STARTED;

    /** What it says that its processes do. */
    volatile List<Process> processes = List.of();

    /** Somebody asks for that. */
    volatile Behaviour onProcesses = () -> {};

    /** How many more connections it has, for who asks; negative: nobody is told. */
    volatile int room = -1;

    /** The tokens that were committed; null: there are no tables for them. */
    volatile @Nullable Set<Object> tokens;

    /** Whether those tables are there, and what who asks may do with them. */
    volatile boolean tablesThere = true;

    volatile boolean mayCreate;
    volatile boolean mayLeave = true;
    /** Whether the one that is to be emptied has rows. */
    volatile boolean old = true;

    /** How often somebody asked whether they are there. */
    final AtomicInteger looks = new AtomicInteger();

    /** The roles that may not use them, and whether who may create them can change that. */
    final Set<Object> outside = ConcurrentHashMap.newKeySet();

    volatile boolean grants = true;

    /** Of whose writes somebody was told that they never will be committed. */
    private final Set<Object> denied = ConcurrentHashMap.newKeySet();

    /** A text that contains it fails; empty: none. */
    volatile String failing = "";

    DataSourceFactory factory() {
        Driver driver = proxy(Driver.class, (self, method, args) -> {
            String url = (String) args[0];
            urls.add(url);
            if (url.contains(refused)) {
                throw new SQLTransientConnectionException("refused", "08001");
            }
            onConnect.run();
            sessions.add((Properties) args[1]);
            highest.accumulateAndGet(open.incrementAndGet(), Math::max);
            return proxy(Connection.class, new Session());
        });
        return new DataSourceFactory() {
            @Override
            public Driver createDriver(Properties properties) {
                return driver;
            }

            @Override
            public DataSource createDataSource(Properties properties) {
                throw new AssertionError();
            }

            @Override
            public javax.sql.ConnectionPoolDataSource createConnectionPoolDataSource(Properties properties) {
                throw new AssertionError();
            }

            @Override
            public javax.sql.XADataSource createXADataSource(Properties properties) {
                throw new AssertionError();
            }
        };
    }

    private final class Session implements InvocationHandler {

        private boolean autoCommit = true;
        private boolean readOnly;
        /** Whether a statement has begun one that is not over. */
        private boolean inTransaction;

        private volatile boolean closed;
        private SQLWarning warning;
        /** What runs until it is cancelled, or this is closed. */
        private final Set<CountDownLatch> hanging = ConcurrentHashMap.newKeySet();

        /** Left in the transaction that is open. */
        private final Set<Object> left = new HashSet<>();

        private boolean leave(Object token) {
            return !tokens.contains(token) && left.add(token);
        }

        private void commit() throws SQLException {
            log.add("commit");
            inTransaction = false;
            onCommit.run();
            committed();
            try {
                onCommitted.run();
            } finally {
                if (closing) {
                    closed = true;
                    open.decrementAndGet();
                }
                closing = false;
            }
        }

        private void committed() {
            if (!left.isEmpty()) {
                tokens.addAll(left);
            }
            left.clear();
        }

        @Override
        public Object invoke(Object self, Method method, Object[] args) throws Throwable {
            switch (method.getName()) {
                case "setAutoCommit" -> {
                    if (inTransaction && autoCommit != (boolean) args[0]) {
                        throw new AssertionError("this would commit");
                    }
                    if (!autoCommit && (boolean) args[0]) {
                        onAutoCommit.run();
                    }
                    autoCommit = (boolean) args[0];
                }
                case "getAutoCommit" -> {
                    return autoCommit;
                }
                case "setReadOnly" -> {
                    if (inTransaction) {
                        throw new SQLException("in the middle of a transaction", "25001");
                    }
                    readOnly = (boolean) args[0];
                    log.add("readOnly=" + readOnly);
                }
                case "isReadOnly" -> {
                    return readOnly;
                }
                case "commit" -> {
                    commit();
                    warning = warnAtCommit ? new SQLWarning("only locally") : null;
                }
                case "rollback" -> {
                    log.add("rollback");
                    inTransaction = false;
                    left.clear();
                }
                case "isValid" -> {
                    log.add("isValid");
                    return !closed && succeeds(onIsValid);
                }
                case "getWarnings" -> {
                    return warning;
                }
                case "clearWarnings" -> warning = null;
                case "isClosed" -> {
                    return closed;
                }
                case "unwrap" -> {
                    return self;
                }
                case "abort", "close" -> {
                    if (!closed) {
                        closed = true;
                        open.decrementAndGet();
                        log.add(method.getName());
                        hanging.forEach(CountDownLatch::countDown);
                    }
                }
                case "createStatement", "prepareStatement" -> {
                    String prepared = args == null || args.length == 0 ? "" : (String) args[0];
                    return proxy(PreparedStatement.class, new Run((Connection) self, this, prepared));
                }
                default -> throw new AssertionError("not expected: " + method);
            }
            return null;
        }
    }

    private static boolean succeeds(Behaviour behaviour) {
        try {
            behaviour.run();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private final class Run implements InvocationHandler {

        private final Connection connection;
        private final Session session;
        private final CountDownLatch cancelled = new CountDownLatch(1);
        private final String prepared;
        private volatile boolean closed;
        private Object parameter;

        Run(Connection connection, Session session, String prepared) {
            this.connection = connection;
            this.session = session;
            this.prepared = prepared;
        }

        @Override
        public Object invoke(Object self, Method method, Object[] args) throws Throwable {
            session.inTransaction |= !session.autoCommit && method.getName().startsWith("execute");
            switch (method.getName()) {
                case "setObject", "setString", "setInt" -> parameter = args[1];
                case "getWarnings" -> {
                    return session.warning;
                }
                case "executeUpdate" -> {
                    log.add("claim");
                    onClaim.run();
                    if (prepared.contains("false") && !tokens.contains(parameter)) {
                        denied.add(parameter);
                    }
                    return session.leave(parameter) ? 1 : 0;
                }
                case "execute" -> {
                    if (args == null && prepared.startsWith("INSERT INTO ucm.write_token_")) {
                        log.add("token");
                        session.leave(parameter);
                        session.commit();
                        session.warning = warnAtCommit ? new SQLWarning("only locally") : null;
                        return false;
                    }
                    return execute(args == null ? "prepared" : (String) args[0]);
                }
                case "executeQuery" -> {
                    if (prepared.startsWith("SELECT")) {
                        log.add(prepared);
                        if (prepared.contains("pg_terminate_backend")) {
                            onTerminate.run();
                        }
                        if (prepared.contains("replay_lsn")) {
                            replayedInTransaction |= session.inTransaction;
                            onReplayed.run();
                            boolean caughtUp = replayed;
                            return proxy(
                                    ResultSet.class,
                                    (rs, m, a) -> !m.getName().equals("wasNull")
                                            && (m.getName().equals("next") || caughtUp));
                        }
                        if (prepared.contains("pg_roles")) {
                            boolean out = outside.contains(parameter);
                            return proxy(
                                    ResultSet.class, (rs, m, a) -> m.getName().equals("next") || out);
                        }
                        boolean there = prepared.contains("committed") && !denied.contains(parameter);
                        return proxy(ResultSet.class, (rs, m, a) -> m.getReturnType() == boolean.class ? there : null);
                    }
                    if (args != null
                            && ((String) args[0]).startsWith("SELECT EXISTS (SELECT 1 FROM ucm.write_token_")) {
                        return proxy(ResultSet.class, (rs, m, a) -> m.getReturnType() == boolean.class ? old : null);
                    }
                    if (args != null && ((String) args[0]).contains("write_token") && tokens != null) {
                        return proxy(ResultSet.class, tables((String) args[0]));
                    }
                    if (args != null && ((String) args[0]).contains("pg_stat_activity WHERE usename")) {
                        log.add("processes");
                        onProcesses.run();
                        return proxy(ResultSet.class, rows(processes));
                    }
                    execute(args == null ? "prepared" : (String) args[0]);
                    if (args != null && ((String) args[0]).contains("max_connections") && room >= 0) {
                        return proxy(ResultSet.class, (rs, m, a) -> told(m));
                    }
                    return proxy(ResultSet.class, (rs, m, a) -> m.getName().equals("getStatement") ? self : null);
                }
                case "getMoreResults" -> {
                    return true;
                }
                case "getResultSet" -> {
                    return proxy(
                            ResultSet.class,
                            (rs, m, a) -> m.getReturnType() == boolean.class
                                    ? isDefault(m)
                                    : m.getReturnType() == int.class ? PID : started);
                }
                case "cancel" -> {
                    log.add("cancel");
                    cancelled.countDown();
                }
                case "close" -> {
                    closed = true;
                    log.add("closeStatement");
                }
                case "isClosed" -> {
                    return closed;
                }
                case "getConnection" -> {
                    return connection;
                }
                case "hashCode" -> {
                    return System.identityHashCode(self);
                }
                case "equals" -> {
                    return self == args[0];
                }
                default -> throw new AssertionError("not expected: " + method);
            }
            return null;
        }

        /** One row, less the one that asks. */
        private @Nullable Object told(Method asked) {
            return switch (asked.getName()) {
                case "next" -> true;
                case "getInt" -> room - 1;
                default -> null;
            };
        }

        /** One row of what is asked about them: nobody may empty them. */
        private InvocationHandler tables(String question) {
            boolean rights = question.contains("INSERT");
            looks.addAndGet(rights ? 0 : 1);
            List<Boolean> row = rights ? List.of(mayLeave, false) : List.of(tablesThere, mayCreate, false, false);
            return (rs, method, args) -> switch (method.getName()) {
                case "next" -> true;
                case "getBoolean" -> row.get((int) args[0] - 1);
                case "getLong" -> System.currentTimeMillis();
                default -> null;
            };
        }

        private InvocationHandler rows(List<Process> told) {
            AtomicInteger at = new AtomicInteger(-1);
            return (rs, method, args) -> switch (method.getName()) {
                case "next" -> at.incrementAndGet() < told.size();
                case "getInt" -> told.get(at.get()).pid();
                case "getString" ->
                    (int) args[0] == 2
                            ? told.get(at.get()).started()
                            : told.get(at.get()).state();
                default -> null;
            };
        }

        private boolean isDefault(Method asked) {
            return asked.getName().equals("next") || serializable;
        }

        private boolean execute(String sql) throws Exception {
            log.add(sql);
            if (session.closed) {
                usedWhenClosed.incrementAndGet();
            }
            if (!failing.isEmpty() && sql.contains(failing)) {
                throw new SQLException("failing", "XX000");
            }
            if (sql.endsWith("hang")) {
                session.hanging.add(cancelled);
                cancelled.await();
                if (session.closed) {
                    throw new SQLException("the socket was closed", "08006");
                }
                throw new SQLException("canceling statement due to user request", "57014");
            }
            tablesThere |= sql.startsWith("CREATE TABLE");
            if (grants && sql.startsWith("GRANT SELECT")) {
                outside.removeIf(role -> sql.endsWith("\"" + role + "\""));
            }
            session.inTransaction &= !sql.startsWith("ROLLBACK; ");
            if (sql.contains("SET SESSION AUTHORIZATION DEFAULT")) {
                onReset.run();
            } else if (sql.startsWith("SET LOCAL ")) {
                onBegin.run();
            } else if (!sql.startsWith("SET ")) {
                onExecute.run();
            }
            return false;
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
