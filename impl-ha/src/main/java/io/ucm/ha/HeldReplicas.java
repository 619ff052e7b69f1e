// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that hold the locks of all replicas, or of all nodes: connected to at the same time, locked one after the
 * other in the order of their ids, which is the same for everybody. Used by one thread; any may close, after which everything
 * fails.
 */
final class HeldReplicas implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(1);
    /** A server finds out a little later that a session has ended, ours of the attempt before among them. */
    private static final Duration LOCK_LIMIT = Duration.ofMillis(200);

    private final WatchedCluster cluster;
    private final Duration connecting;
    private final Duration idle;
    private final WatchThreads threads;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** By id. */
    private final Map<String, ReplicaSession> sessions = new TreeMap<>();
    /** Why a node does not answer, by id. */
    private final Map<String, String> away = new ConcurrentHashMap<>();

    private volatile List<ReplicaSession> all = List.of();

    /**
     * @param connecting how long that may take
     * @param idle after so long without a word a server ends the session, and the lock with it: when this process stands still,
     *     others may go on
     */
    HeldReplicas(WatchedCluster cluster, Duration connecting, Duration idle, WatchThreads threads) {
        this.cluster = cluster;
        this.connecting = connecting;
        this.idle = idle;
        this.threads = threads;
    }

    /** Connects to these; returns when each answered or failed. */
    void open(List<NodeAddress> nodes) throws InterruptedException {
        all = nodes.stream()
                .sorted(Comparator.comparing(NodeAddress::id))
                .map(node -> new ReplicaSession(cluster, node, connecting))
                .toList();
        CountDownLatch open = new CountDownLatch(all.size());
        Map<String, ReplicaSession> answering = new ConcurrentHashMap<>();
        for (ReplicaSession session : all) {
            threads.ask(() -> {
                try {
                    session.open();
                    answering.put(session.address().id(), session);
                } catch (SQLException e) {
                    away.put(session.address().id(), e.getMessage());
                } finally {
                    open.countDown();
                }
            });
        }
        open.await(connecting.toMillis(), TimeUnit.MILLISECONDS);
        for (ReplicaSession session : all) {
            String id = session.address().id();
            if (answering.containsKey(id)) {
                sessions.put(id, session);
            } else {
                away.putIfAbsent(id, session.address() + ": gave no answer");
                session.abort();
            }
        }
    }

    /** By id, why those do not answer that don't. */
    Map<String, String> away() {
        return new TreeMap<>(away);
    }

    /** Throws when somebody else has the lock of one of them, and keeps it. */
    void lock() throws SQLException, Refusal, InterruptedException {
        for (ReplicaSession session : sessions.values()) {
            lock(session);
        }
    }

    private void lock(ReplicaSession session) throws SQLException, Refusal, InterruptedException {
        if (!Waiting.until(LOCK_LIMIT, this::pause, () -> session.lock(idle))) {
            throw new Refusal(
                    session.address()
                            + ": somebody else holds its lock: a failover or a switchover is under way, maybe of another container");
        }
    }

    /** Throws when a session has ended, and its lock with it. */
    void requireLocked() throws SQLException {
        for (ReplicaSession session : sessions.values()) {
            session.recovers();
        }
    }

    /** The lock of one whose session has ended, with a new one. */
    void lockAgain(String id) throws SQLException, Refusal, InterruptedException {
        ReplicaSession ended = sessions.get(id);
        ended.abort();
        ReplicaSession session = new ReplicaSession(cluster, ended.address(), connecting);
        all = Stream.concat(all.stream().filter(one -> one != ended), Stream.of(session))
                .toList();
        if (closed.getCount() == 0) {
            session.abort();
        }
        session.open();
        sessions.put(id, session);
        lock(session);
    }

    /**
     * Throws when somebody else may have made one of them the primary, because a lock was lost: those of all that answer are
     * taken again.
     */
    void requireNobodyPromoted() throws Refusal, InterruptedException {
        for (String id : List.copyOf(sessions.keySet())) {
            if (isPromoted(id)) {
                throw new Refusal(session(id).address() + ": was made the primary by somebody else");
            }
        }
    }

    private boolean isPromoted(String id) throws Refusal, InterruptedException {
        try {
            return !session(id).recovers();
        } catch (SQLException ended) {
            try {
                lockAgain(id);
                return !session(id).recovers();
            } catch (SQLException away) {
                return false;
            }
        }
    }

    ReplicaSession session(Look look) {
        return session(look.id());
    }

    ReplicaSession session(String id) {
        return sessions.get(id);
    }

    /** At each, by id; waits until they know how far they received. */
    List<Look> looks() throws SQLException, Refusal, InterruptedException {
        List<Look> looks = new ArrayList<>();
        for (ReplicaSession session : sessions.values()) {
            looks.add(look(session));
        }
        return looks;
    }

    /** At that one; waits likewise. */
    Look look(String id) throws SQLException, Refusal, InterruptedException {
        return look(session(id));
    }

    private Look look(ReplicaSession session) throws SQLException, Refusal, InterruptedException {
        Look[] look = new Look[1];
        if (!Waiting.until(CATCH_UP_LIMIT, this::pause, () -> (look[0] = session.look()) != null)) {
            throw new Refusal(session.address() + ": has not read yet all that it received");
        }
        return look[0];
    }

    /** The latest of one among them; null when it is not held. */
    static @Nullable Look of(String id, List<Look> looks) {
        return looks.stream().filter(look -> look.id().equals(id)).findFirst().orElse(null);
    }

    /** A moment between two looks. */
    void pause() throws InterruptedException {
        if (closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException();
        }
    }

    /** Lets go of all locks. Idempotent; may wait for the network. */
    @Override
    public void close() {
        closed.countDown();
        all.forEach(ReplicaSession::abort);
    }
}
