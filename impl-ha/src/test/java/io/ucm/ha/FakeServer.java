// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that answers what a node is asked, or is silent, or refuses. As with the driver, who waits to be connected can
 * be interrupted, who waits for an answer only by closing the connection. Thread-safe; everything is guarded by this.
 */
final class FakeServer {

    private enum Mode {
        ANSWERING,
        SILENT,
        REFUSING
    }

    private final NodeAddress address;
    private Mode mode = Mode.ANSWERING;
    private boolean primary;
    private String systemId = TestNode.OURS;
    private int timeline = 1;
    private String history = "";
    private String lsn = "0/3000000";
    private int streaming = 2;
    private boolean replicationAllowed = true;
    private boolean historyKnown = true;
    private boolean standbysVisible = true;
    private Long lagMs = 0L;
    private final List<String> asked = new ArrayList<>();
    private int connects;
    private int questions;
    private final List<Session> sessions = new ArrayList<>();

    private static final class Session {
        private boolean broken;
    }

    FakeServer(String id, boolean primary) {
        this.address = new NodeAddress(id, id + ".example", 5432);
        this.primary = primary;
    }

    NodeAddress address() {
        return address;
    }

    synchronized int connects() {
        return connects;
    }

    synchronized int questions() {
        return questions;
    }

    synchronized int open() {
        return (int) sessions.stream().filter(session -> !session.broken).count();
    }

    /** Answers nothing any more, and takes connections in that it does not answer either. */
    synchronized void freeze() {
        mode = Mode.SILENT;
    }

    synchronized void thaw() {
        mode = Mode.ANSWERING;
        notifyAll();
    }

    /** Ends all sessions, and refuses new ones. */
    synchronized void kill() {
        mode = Mode.REFUSING;
        loseConnections();
    }

    synchronized void loseConnections() {
        sessions.forEach(session -> session.broken = true);
        notifyAll();
    }

    /** Sessions stay valid, as they do on a replica that is promoted. */
    synchronized void promote(String fork) {
        primary = true;
        timeline = 2;
        history = "1\t" + fork + "\tno recovery target specified\n";
    }

    synchronized void demote() {
        primary = false;
    }

    synchronized void standbys(int count) {
        streaming = count;
    }

    synchronized void write(String position) {
        lsn = position;
    }

    synchronized void systemId(String changed) {
        systemId = changed;
    }

    synchronized void allowReplication(boolean allowed) {
        replicationAllowed = allowed;
    }

    /** As on a fresh copy that has not received it yet. */
    synchronized void knowHistory(boolean known) {
        historyKnown = known;
    }

    synchronized void showStandbys(boolean visible) {
        standbysVisible = visible;
    }

    synchronized void lagMs(Long ms) {
        lagMs = ms;
    }

    /** Everything that it was asked, connections included, in order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    synchronized Connection connect(Duration timeout, boolean replication) throws SQLException {
        connects++;
        asked.add(replication ? "connect replication" : "connect");
        Session session = new Session();
        long deadline = System.nanoTime() + timeout.toNanos();
        while (mode == Mode.SILENT) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SQLException(address + ": could not connect: timeout", "08001");
            }
            if (!waitFor(left)) {
                throw new SQLException(address + ": could not connect: interrupted", "08001");
            }
        }
        if (mode == Mode.REFUSING) {
            throw new SQLException(address + ": could not connect: refused", "08001");
        }
        if (replication && !replicationAllowed) {
            throw new SQLException(address + ": permission denied to start WAL sender", "42501");
        }
        sessions.add(session);
        return proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> statement(PreparedStatement.class, session);
            case "createStatement" -> statement(Statement.class, session);
            case "abort" -> end(session);
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private synchronized Object end(Session session) {
        session.broken = true;
        notifyAll();
        return null;
    }

    private <S> S statement(Class<S> type, Session session) {
        return proxy(type, (self, method, arguments) -> {
            if (!method.getName().equals("executeQuery")) {
                throw new UnsupportedOperationException(method.getName());
            }
            return answer(session, arguments == null ? "" : (String) arguments[0]);
        });
    }

    private synchronized ResultSet answer(Session session, String question) throws SQLException {
        while (mode == Mode.SILENT && !session.broken) {
            waitFor(TimeUnit.SECONDS.toNanos(1));
        }
        if (session.broken) {
            throw new SQLException("the connection is broken", "08006");
        }
        asked.add(question.isEmpty() ? "SELECT" : question);
        if (question.isEmpty()) {
            questions++;
            return row(
                    !primary,
                    lsn,
                    lagMs,
                    primary ? null : timeline,
                    standbysVisible,
                    "ANY 1 (n1,n2,n3)",
                    primary ? streaming : 0);
        }
        if (question.equals("IDENTIFY_SYSTEM")) {
            return row(systemId, timeline);
        }
        if (!historyKnown) {
            throw new SQLException("could not open file pg_wal/00000002.history", "58P01");
        }
        return row(history);
    }

    /** Guarded by this, which waiting lets go of. False when it was interrupted. */
    private boolean waitFor(long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, nanos);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static ResultSet row(Object... values) {
        Object[] last = new Object[1];
        return proxy(ResultSet.class, (self, method, arguments) -> {
            String name = method.getName();
            if (name.equals("next")) {
                return true;
            }
            if (name.equals("close")) {
                return null;
            }
            if (name.equals("wasNull")) {
                return last[0] == null;
            }
            last[0] = values[column(arguments[0])];
            return switch (name) {
                case "getInt" -> last[0] == null ? 0 : ((Number) last[0]).intValue();
                case "getLong" -> last[0] == null ? 0L : ((Number) last[0]).longValue();
                case "getString", "getBoolean", "getObject" -> last[0];
                default -> throw new UnsupportedOperationException(name);
            };
        });
    }

    private static int column(Object which) {
        if (which instanceof Integer index) {
            return index - 1;
        }
        return which.equals("timeline") ? 1 : 0;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
