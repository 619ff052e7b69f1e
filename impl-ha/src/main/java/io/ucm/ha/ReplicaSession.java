// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The session that holds one node's lock, and in which alone that node is changed: when the session ends, the lock and what
 * could be changed under it end together, also when this process stands still. Used by one thread; any may abort.
 */
final class ReplicaSession {

    /** One for all clusters: a server is in one. */
    private static final long KEY = 0x55434D_50524FL;

    static final String RESUME = "SELECT pg_wal_replay_resume()";
    static final String RECOVERY = "SELECT pg_is_in_recovery()";
    static final String RELOAD = "SELECT pg_reload_conf()";
    /** Its own waiting looks every 100 ms. */
    static final String PROMOTE = "SELECT pg_promote(false)";

    static final String LOOK = """
            SELECT recovery,
                   pg_last_wal_receive_lsn(),
                   CASE WHEN recovery THEN NULL ELSE pg_current_wal_flush_lsn() END,
                   %s,
                   %s,
                   current_setting('primary_conninfo'),
                   EXISTS (SELECT FROM pg_stat_activity
                           WHERE backend_type = 'startup'
                             AND wait_event IN ('RecoveryWalStream', 'RecoveryRetrieveRetryInterval')),
                   pg_last_wal_replay_lsn()
            FROM (SELECT pg_is_in_recovery() AS recovery OFFSET 0) AS node
            """.formatted(Facts.RECEIVER, Facts.STANDBYS);

    private static final String NOT_IN_PREREQUISITE_STATE = "55000";

    private final WatchedCluster cluster;
    private final NodeAddress address;
    private final NodeProbe probe;
    private @Nullable NodeSession session;
    /** What primary_conninfo was before it was changed here; null: it was not. */
    private @Nullable String before;

    ReplicaSession(WatchedCluster cluster, NodeAddress address, Duration timeout) {
        this.cluster = cluster;
        this.address = address;
        this.probe = new NodeProbe(cluster, address, timeout, System::nanoTime);
    }

    NodeAddress address() {
        return address;
    }

    /** Connects. Throws when the node is not there. */
    void open() throws SQLException {
        session = new NodeSession(address, probe.connect());
    }

    /** What locks it: with the lock, the session has its end when it is left alone for so long. */
    static String locking(Duration idle) {
        return "SELECT set_config('idle_session_timeout', '%dms', false), pg_try_advisory_lock(%d)"
                .formatted(idle.toMillis(), KEY);
    }

    /** False: somebody else has it. */
    boolean lock(Duration idle) throws SQLException {
        return sql().ask(locking(idle), told -> told.getBoolean(2));
    }

    /** Null while it is not known yet how far it received. */
    @Nullable
    Look look() throws SQLException, Refusal {
        boolean promoting = promoting();
        Said said = sql().ask(
                        LOOK,
                        told -> new Said(
                                told.getBoolean(1),
                                lsn(told.getString(2)),
                                lsn(told.getString(3)),
                                Facts.receiver(told.getString(4), cluster.nodes()),
                                Facts.standbys(told.getString(5)),
                                told.getString(6),
                                told.getBoolean(7),
                                lsn(told.getString(8))));
        NodeProbe.Position known = probe.position();
        if (known == null) {
            throw new Refusal(address + ": " + probe.unidentified());
        }
        if (said.recovery() && !caughtUp(said.received(), known.lsn())) {
            return null;
        }
        return new Look(
                address,
                said.recovery(),
                promoting && said.recovery(),
                known.identity(),
                said.written() == null ? known.lsn() : said.written(),
                said.written() == null ? said.whole(known.lsn()) : said.written(),
                said.receiver(),
                follows(said.conninfo()),
                said.standbys());
    }

    private record Said(
            boolean recovery,
            @Nullable Lsn received,
            @Nullable Lsn written,
            @Nullable Receiver receiver,
            List<Standby> standbys,
            String conninfo,
            boolean waits,
            @Nullable Lsn replayed) {

        /**
         * A server sends what it writes, and that may be whole pages only: when it dies, the last record may lack its end. Who
         * waits for more has replayed all records that were whole when it began to wait. Where more came meanwhile, nothing is
         * known.
         */
        Lsn whole(Lsn position) {
            boolean begun = waits && replayed != null && position.isPageEnd() && position.equals(received);
            return begun ? replayed : position;
        }
    }

    /**
     * A replica that was started again has not read to its end before it first asks somebody for more. The position that
     * goes with a timeline is behind what was received while what was received is of a later one.
     */
    private static boolean caughtUp(@Nullable Lsn received, Lsn position) {
        return received != null && received.compareTo(position) <= 0;
    }

    /** Whether it was told to be a primary and is not one yet, which nothing but this error shows. */
    private boolean promoting() throws SQLException {
        if (!recovers()) {
            return false;
        }
        try {
            sql().run(RESUME);
            return false;
        } catch (SQLException e) {
            if (NOT_IN_PREREQUISITE_STATE.equals(e.getSQLState())) {
                return true;
            }
            throw e;
        }
    }

    private @Nullable String follows(String conninfo) throws Refusal {
        if (conninfo.isBlank()) {
            return null;
        }
        Conninfo parsed = parse(conninfo);
        return Receiver.nodeAt(parsed.host(), parsed.port(), cluster.nodes());
    }

    private Conninfo parse(String conninfo) throws Refusal {
        try {
            return Conninfo.parse(conninfo);
        } catch (IllegalArgumentException e) {
            throw new Refusal(address + ": " + e.getMessage());
        }
    }

    boolean recovers() throws SQLException {
        return sql().ask(RECOVERY, told -> told.getBoolean(1));
    }

    /** Throws when it could not be pointed at another node. */
    void requirePointable() throws SQLException, Refusal {
        pointedAt(address, conninfo());
    }

    /** Lets it receive from another node, with all else as it is. */
    void follow(NodeAddress node) throws SQLException, Refusal {
        String now = conninfo();
        before = before == null ? now : before;
        point(pointedAt(node, now));
    }

    /** Lets it receive from whom it did before it was changed here. */
    void restore() throws SQLException {
        if (before != null) {
            point(before);
        }
    }

    private String conninfo() throws SQLException {
        return sql().ask("SHOW primary_conninfo", told -> told.getString(1));
    }

    private String pointedAt(NodeAddress node, String conninfo) throws Refusal {
        if (conninfo.isBlank()) {
            throw new Refusal(address + ": has no primary_conninfo, so how it connects to another node is not known");
        }
        return parse(conninfo).at(node).text();
    }

    private void point(String conninfo) throws SQLException {
        sql().run("ALTER SYSTEM SET primary_conninfo = E'"
                + conninfo.replace("\\", "\\\\").replace("'", "''") + "'");
        sql().reload();
    }

    /** Returns at once: it becomes a primary a little later. */
    void promote() throws SQLException {
        sql().run(PROMOTE);
    }

    /** Ends the session, and the lock with it. */
    void abort() {
        probe.abort();
    }

    /** By which it is asked what is asked nowhere else, and changed. */
    NodeSession sql() throws SQLException {
        if (session == null) {
            throw new SQLException(address + ": is not connected", "08003");
        }
        return session;
    }

    private static @Nullable Lsn lsn(@Nullable String text) {
        return text == null ? null : Lsn.parse(text);
    }
}
