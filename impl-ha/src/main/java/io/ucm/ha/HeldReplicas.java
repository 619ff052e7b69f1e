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
import org.jspecify.annotations.Nullable;

/**
 * The sessions that hold the locks of all replicas: connected to at the same time, locked one after the other in the order of
 * their ids, which is the same for everybody. Used by one thread; any may close, after which everything fails.
 */
final class HeldReplicas implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration CATCH_UP_LIMIT = Duration.ofSeconds(1);

    private final WatchedCluster cluster;
    private final Duration timeout;
    private final WatchThreads threads;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** By id. */
    private final Map<String, ReplicaSession> sessions = new TreeMap<>();
    /** Why a node does not answer, by id. */
    private final Map<String, String> away = new ConcurrentHashMap<>();

    private volatile List<ReplicaSession> all = List.of();

    HeldReplicas(WatchedCluster cluster, Duration timeout, WatchThreads threads) {
        this.cluster = cluster;
        this.timeout = timeout;
        this.threads = threads;
    }

    /** Connects to these; returns when each answered or failed. */
    void open(List<NodeAddress> nodes) throws InterruptedException {
        all = nodes.stream()
                .sorted(Comparator.comparing(NodeAddress::id))
                .map(node -> new ReplicaSession(cluster, node, timeout))
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
        open.await(timeout.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
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

    void lock() throws SQLException, Refusal {
        for (ReplicaSession session : sessions.values()) {
            if (!session.lock()) {
                throw new Refusal(
                        session.address() + ": somebody else holds its lock, and promotes a node or undoes that");
            }
        }
    }

    ReplicaSession session(Look look) {
        return sessions.get(look.id());
    }

    /** At each, by id; waits until they know how far they received. */
    List<Look> looks() throws SQLException, Refusal, InterruptedException {
        long deadline = System.nanoTime() + CATCH_UP_LIMIT.toNanos();
        List<Look> looks = new ArrayList<>();
        for (ReplicaSession session : sessions.values()) {
            Look look = session.look();
            while (look == null) {
                if (System.nanoTime() - deadline > 0) {
                    throw new Refusal(session.address() + ": has not read yet all that it received");
                }
                pause();
                look = session.look();
            }
            looks.add(look);
        }
        return looks;
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
