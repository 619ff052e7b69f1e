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
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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
    private volatile Mode mode = Mode.ANSWERING;
    private volatile boolean primary;
    private String systemId = TestNode.OURS;
    private volatile int timeline = 1;
    private volatile String history = "";
    private volatile String lsn = "0/3000000";
    private Supplier<String> received = () -> lsn;
    /** Null: all that it has. */
    private String replayed;

    private boolean waiting;
    private boolean staying;
    private int streaming = 2;
    /** Null: all that it has written. */
    private String confirmed;

    private boolean replicationAllowed = true;
    private boolean historyKnown = true;
    private boolean standbysVisible = true;
    private Long lagMs = 0L;
    private volatile List<FakeServer> peers = List.of();
    private volatile String conninfo;
    private String unloaded;
    private volatile boolean deaf;
    private volatile boolean full;
    private String names = "ANY 1 (n1,n2,n3)";
    private boolean promoting;
    private boolean stuck;
    private Session holder;
    private boolean readOnly;
    private String switchover;
    private Duration connectTakes = Duration.ZERO;
    private final List<String> asked = new ArrayList<>();
    private int connects;
    private int questions;
    private final List<Session> sessions = new ArrayList<>();
    /** What it answers in place of its own answer; null: nothing. */
    private volatile Sql sql;

    @FunctionalInterface
    interface Sql {
        List<String> answer(FakeServer self, String text) throws SQLException;
    }

    private static final class Session {
        private boolean broken;
    }

    FakeServer(String id, boolean primary) {
        this.address = new NodeAddress(id, id + ".example", 5432);
        this.primary = primary;
        this.conninfo = "user=rep password=secret host=n1.example port=5432 application_name=" + id;
    }

    /** All of its cluster: who receives from whom. */
    void peers(List<FakeServer> all) {
        peers = all;
    }

    /** Receives nothing any more, whatever it is told to follow. */
    void deafen(boolean yes) {
        deaf = yes;
    }

    /** Takes no new connections; those that are open go on. */
    void fill(boolean yes) {
        full = yes;
    }

    /** The setting synchronous_standby_names. */
    synchronized void names(String setting) {
        names = setting;
    }

    /** Whether it stays a replica when it is told to be the primary. */
    synchronized void stick(boolean yes) {
        stuck = yes;
    }

    /** Somebody else has its lock, or lets go of it. */
    synchronized void lock(boolean taken) {
        holder = taken ? new Session() : null;
    }

    String conninfo() {
        return conninfo;
    }

    void conninfo(String text) {
        conninfo = text;
    }

    void follow(String id) {
        conninfo = "user=rep password=secret host=" + id + ".example port=5432 application_name=" + address.id();
    }

    private FakeServer sender() {
        return primary || deaf
                ? null
                : peers.stream()
                        .filter(peer -> Conninfo.parse(conninfo).host().equals(peer.address.host()))
                        .filter(peer -> peer.mode == Mode.ANSWERING)
                        .filter(peer -> Lsn.parse(lsn).compareTo(Lsn.parse(peer.lsn)) <= 0)
                        .findFirst()
                        .orElse(null);
    }

    /** Under the lock. */
    private void goOverToItsTimeline() {
        boolean any = !staying && peers.stream().anyMatch(peer -> peer.timeline > timeline);
        FakeServer from = any ? sender() : null;
        if (from != null && from.timeline > timeline) {
            history = from.history;
            timeline = from.timeline;
        }
    }

    private String receiver() {
        FakeServer from = sender();
        return from == null
                ? null
                : "streaming\t%s\t5432\tuser=rep application_name=%s sslmode=disable"
                        .formatted(from.address.host(), address.id());
    }

    /** How far each standby that it counts has what it has written. */
    private String confirmations() {
        return primary && streaming > 0
                ? String.join(",", java.util.Collections.nCopies(streaming, confirmed == null ? lsn : confirmed))
                : null;
    }

    /** One that is silent is not missed yet. */
    private String standbysText() {
        return peers.stream()
                .filter(peer -> peer.sender() == this && peer.mode != Mode.REFUSING)
                .map(peer -> "streaming\tquorum\t%s\t%s".formatted(peer.lsn, peer.address.id()))
                .collect(java.util.stream.Collectors.joining("\n"));
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
        history = "1\t" + fork + "\tno recovery target specified\n";
        timeline = 2;
    }

    /** It was told to be the primary, and has not become it. */
    synchronized void isToBePromoted() {
        promoting = true;
    }

    /** Started anew on data that goes on in timeline 2. */
    synchronized void standby(String fork) {
        promote(fork);
        primary = false;
        mode = Mode.ANSWERING;
    }

    synchronized boolean primary() {
        return primary;
    }

    /** What it answers to statements that are not prepared: the first column of each row; null: its own answer. */
    void answers(Sql changed) {
        sql = changed;
    }

    synchronized void demote() {
        primary = false;
    }

    synchronized void standbys(int count) {
        streaming = count;
    }

    /** Its standbys confirm no more than that; null: they confirm all. */
    synchronized void confirmed(String position) {
        confirmed = position;
    }

    synchronized void write(String position) {
        lsn = position;
    }

    /** How far it says it received; null: it does not know yet. */
    synchronized void received(Supplier<String> told) {
        received = told;
    }

    /** How far it says that it replayed, and whether it waits for more. */
    synchronized void replayed(String position, boolean waits) {
        replayed = position;
        waiting = waits;
    }

    /** Whether it stays on its timeline whomever it follows, as one does that has gone on there. */
    synchronized void stay(boolean yes) {
        staying = yes;
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

    synchronized void readOnly(boolean changed) {
        readOnly = changed;
    }

    /** The switchover that it says made it read-only; null: none. */
    synchronized void switchover(String told) {
        switchover = told;
    }

    synchronized String switchover() {
        return switchover;
    }

    synchronized void lagMs(Long ms) {
        lagMs = ms;
    }

    synchronized void connectTakes(Duration time) {
        connectTakes = time;
    }

    /** Everything that it was asked, connections included, in order. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    synchronized Connection connect(Duration timeout, boolean replication) throws SQLException {
        connects++;
        asked.add(replication ? "connect replication" : "connect");
        Session session = new Session();
        long now = System.nanoTime();
        long deadline = now + timeout.toNanos();
        long connected = now + connectTakes.toNanos();
        while (mode == Mode.SILENT || connected - System.nanoTime() > 0) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SQLException(address + ": could not connect: timeout", "08001");
            }
            if (!waitFor(mode == Mode.SILENT ? left : Math.min(left, connected - System.nanoTime()))) {
                throw new SQLException(address + ": could not connect: interrupted", "08001");
            }
        }
        if (mode == Mode.REFUSING || full) {
            throw new SQLException(address + ": could not connect: refused", "08001");
        }
        if (replication && !replicationAllowed) {
            throw new SQLException(address + ": permission denied to start WAL sender", "42501");
        }
        sessions.add(session);
        return proxy(Connection.class, (self, method, arguments) -> switch (method.getName()) {
            case "prepareStatement" -> statement(PreparedStatement.class, session);
            case "createStatement" ->
                replication || sql == null ? statement(Statement.class, session) : changed(session);
            case "abort", "close" -> end(session);
            case "isClosed" -> broken(session);
            case "setNetworkTimeout" -> null;
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
            return switch (method.getName()) {
                case "executeQuery" -> answer(session, arguments == null ? "" : (String) arguments[0]);
                case "execute" -> {
                    answer(session, (String) arguments[0]);
                    yield true;
                }
                case "close" -> null;
                default -> throw new UnsupportedOperationException(method.getName());
            };
        });
    }

    /** What its own answer is replaced for, where it is. */
    private Statement changed(Session session) {
        return proxy(Statement.class, (self, method, arguments) -> switch (method.getName()) {
            case "executeQuery" -> told(session, (String) arguments[0]);
            case "execute" -> told(session, (String) arguments[0]) != null;
            case "close" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    private ResultSet told(Session session, String text) throws SQLException {
        List<String> replaced = replaced(session, text);
        return replaced == null ? answer(session, text) : rows(replaced);
    }

    private List<String> replaced(Session session, String text) throws SQLException {
        synchronized (this) {
            awaitVoice(session);
        }
        return sql.answer(this, text);
    }

    private synchronized boolean broken(Session session) {
        return session.broken;
    }

    private static ResultSet rows(List<String> values) {
        Iterator<String> left = values.iterator();
        return proxy(ResultSet.class, (self, method, arguments) -> switch (method.getName()) {
            case "next" -> left.hasNext();
            case "getString" -> left.next();
            case "getBoolean" -> left.next().equals("t");
            case "close" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
    }

    /** Under the lock. */
    private void awaitVoice(Session session) throws SQLException {
        while (mode == Mode.SILENT && !session.broken) {
            waitFor(TimeUnit.SECONDS.toNanos(1));
        }
        if (session.broken) {
            throw new SQLException("the connection is broken", "08006");
        }
    }

    private synchronized ResultSet answer(Session session, String question) throws SQLException {
        awaitVoice(session);
        goOverToItsTimeline();
        asked.add(question.isEmpty() ? "SELECT" : question);
        if (question.isEmpty()) {
            questions++;
            return row(
                    !primary,
                    lsn,
                    lagMs,
                    primary ? null : timeline,
                    standbysVisible,
                    names,
                    confirmations(),
                    readOnly,
                    switchover,
                    "on",
                    true,
                    standbysText(),
                    receiver(),
                    "",
                    100,
                    1000,
                    false);
        }
        if (question.equals("IDENTIFY_SYSTEM")) {
            return row(systemId, timeline, lsn);
        }
        if (!question.startsWith("TIMELINE_HISTORY")) {
            return change(session, question);
        }
        if (!historyKnown) {
            throw new SQLException("could not open file pg_wal/00000002.history", "58P01");
        }
        return row(history);
    }

    /** Guarded by this. */
    private ResultSet change(Session session, String sql) throws SQLException {
        boolean pointing = sql.startsWith("ALTER SYSTEM SET primary_conninfo = E'");
        if ((pointing || sql.equals(ReplicaSession.PROMOTE)) && holder != session) {
            throw new SQLException(address + ": changed by one who does not hold its lock: " + sql, "XX000");
        }
        if (pointing) {
            unloaded = sql.substring(sql.indexOf('\'') + 1, sql.length() - 1).replace("''", "'");
            return null;
        }
        if (sql.equals(ReplicaSession.LOOK)) {
            return row(
                    !primary,
                    primary ? null : received.get(),
                    primary ? lsn : null,
                    receiver(),
                    standbysText(),
                    conninfo,
                    waiting,
                    replayed == null ? lsn : replayed);
        }
        if (sql.contains("pg_try_advisory_lock")) {
            boolean free = holder == null || holder.broken || holder == session;
            holder = free ? session : holder;
            return row("3s", free);
        }
        if (sql.startsWith("SELECT has_parameter_privilege") || sql.startsWith("SET ucm.switchover")) {
            return row(true);
        }
        if (sql.startsWith("ALTER SYSTEM SET ucm.switchover = '")) {
            switchover = sql.substring(sql.indexOf('\'') + 1, sql.length() - 1);
            return null;
        }
        if (sql.equals("ALTER SYSTEM RESET ucm.switchover")) {
            switchover = null;
            return null;
        }
        if (sql.equals("SELECT " + NodeSession.SWITCHOVER)) {
            return row(switchover);
        }
        if (sql.contains("default_transaction_read_only")) {
            readOnly &= !sql.startsWith("ALTER SYSTEM RESET");
            return row(readOnly);
        }
        if (sql.contains("FROM pg_stat_replication")) {
            return row(standbysText().lines().count() >= Integer.parseInt(sql.replaceAll(".* ", "")));
        }
        switch (sql) {
            case ReplicaSession.RECOVERY:
                return row(!primary);
            case ReplicaSession.RESUME:
                if (promoting) {
                    throw new SQLException("standby promotion is ongoing", "55000");
                }
                return null;
            case "SHOW primary_conninfo":
                return row(conninfo);
            case ReplicaSession.RELOAD:
                conninfo = unloaded == null ? conninfo : unloaded;
                return null;
            case ReplicaSession.PROMOTE:
                promoting = true;
                if (!stuck) {
                    promote(lsn);
                }
                return null;
            default:
                throw new UnsupportedOperationException(sql);
        }
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
                case "getString" -> last[0] == null ? null : last[0].toString();
                case "getBoolean", "getObject" -> last[0];
                default -> throw new UnsupportedOperationException(name);
            };
        });
    }

    private static int column(Object which) {
        if (which instanceof Integer index) {
            return index - 1;
        }
        return which.equals("xlogpos") ? 2 : which.equals("timeline") ? 1 : 0;
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
