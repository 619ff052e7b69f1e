// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A succession by session advisory locks on all replicas, taken in the order of their ids; each change of a replica is
 * made in the session that holds its lock. A session that is left alone for longer than any step takes is ended by its
 * server, and its lock with it.
 */
final class LockedReplicas implements Succession {

    /** Of whoever lets replicas follow another node or promotes one. */
    private static final long KEY = 0x55434D_50524FL;

    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(5);
    private static final Duration PROMOTION_LIMIT = Duration.ofSeconds(10);
    /** Its own waiting would look every 100 ms. */
    private static final String PROMOTE = "SELECT pg_promote(false)";

    private static final String IDLE_LIMIT = "30s";

    private final WatchedCluster cluster;
    private final Map<String, NodeSession> sessions = new LinkedHashMap<>();
    /** By replica, what primary_conninfo was. */
    private final Map<String, String> before = new HashMap<>();

    private boolean ordered;

    private LockedReplicas(WatchedCluster cluster) {
        this.cluster = cluster;
    }

    /** Throws when somebody holds the lock of one of them, or one does not answer, or could not be pointed elsewhere. */
    static LockedReplicas lock(WatchedCluster cluster, List<String> replicas) throws SQLException {
        LockedReplicas locked = new LockedReplicas(cluster);
        try {
            for (String replica : replicas.stream().sorted().toList()) {
                locked.lock(locked.address(replica));
                locked.requirePointable(replica);
            }
            return locked;
        } catch (SQLException | RuntimeException e) {
            locked.close();
            throw e;
        }
    }

    private void lock(NodeAddress address) throws SQLException {
        NodeSession session = NodeSession.open(cluster, address, ANSWER);
        NodeSession replaced = sessions.put(address.id(), session);
        if (replaced != null) {
            replaced.close();
        }
        session.run("SET idle_session_timeout = '" + IDLE_LIMIT + "'");
        if (!session.is("pg_try_advisory_lock(" + KEY + ")")) {
            throw new SQLException(
                    address + " is locked: another switchover or a failover is under way, maybe by another process",
                    "55P03");
        }
    }

    private void requirePointable(String replica) throws SQLException {
        NodeSession session = session(replica);
        try {
            PrimaryConninfo.pointedAt(
                    session.address(), session.first("SHOW primary_conninfo").orElse(""));
        } catch (IllegalArgumentException e) {
            throw new SQLException(session.address() + ": " + e.getMessage(), "22023", e);
        }
    }

    @Override
    public void follow(String replica, String upstream) throws SQLException, InterruptedException {
        NodeSession session = session(replica);
        NodeAddress target = address(upstream);
        String streaming = target.host() + ":" + target.port();
        if (session.upstream().equals(Optional.of(streaming))) {
            return;
        }
        String conninfo = session.first("SHOW primary_conninfo").orElse("");
        before.putIfAbsent(replica, conninfo);
        point(session, PrimaryConninfo.pointedAt(target, conninfo));
        if (!Waiting.until(FOLLOW_LIMIT, () -> session.upstream().equals(Optional.of(streaming)))) {
            throw new SQLException(
                    "%s does not stream from %s within %d ms"
                            .formatted(session.address(), target, FOLLOW_LIMIT.toMillis()),
                    "08001");
        }
    }

    @Override
    public void restore(String replica) throws SQLException {
        String conninfo = before.remove(replica);
        if (conninfo != null) {
            point(session(replica), conninfo);
        }
    }

    private static void point(NodeSession replica, String conninfo) throws SQLException {
        replica.run("ALTER SYSTEM SET primary_conninfo = E'"
                + conninfo.replace("\\", "\\\\").replace("'", "''") + "'");
        replica.reload();
    }

    /** A second try is made in a new session: the first one may have ended with its server. */
    @Override
    public void promote(String replica) throws SQLException, InterruptedException {
        if (ordered) {
            lock(address(replica));
        }
        NodeSession session = session(replica);
        if (session.is("pg_is_in_recovery()")) {
            ordered = true;
            session.first(PROMOTE);
            if (!Waiting.until(PROMOTION_LIMIT, () -> session.is("NOT pg_is_in_recovery()"))) {
                throw new SQLException(
                        "%s is not promoted within %d ms".formatted(session.address(), PROMOTION_LIMIT.toMillis()),
                        "57014");
            }
        }
    }

    @Override
    public boolean ordered() {
        return ordered;
    }

    private NodeSession session(String replica) {
        NodeSession session = sessions.get(replica);
        if (session == null) {
            throw new IllegalArgumentException(replica + " is not locked");
        }
        return session;
    }

    private NodeAddress address(String node) {
        return cluster.nodes().stream()
                .filter(address -> address.id().equals(node))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + node));
    }

    @Override
    public void close() {
        sessions.values().forEach(NodeSession::close);
        sessions.clear();
    }
}
