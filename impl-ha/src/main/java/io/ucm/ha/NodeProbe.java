// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.Role;
import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The questions to one node, over two connections that stay open between them: one for SQL, one for replication. One
 * thread asks at a time, and any thread may abort. After a failure it is of no use any more: another one takes its place.
 *
 * <p>Both connections are opened before the first question and closed by the first failure, so all answers come from one
 * run of one server. SQL comes first: a node that says it is a primary tells its new timeline after that, while the
 * reverse could pair the role after a promotion with the timeline before it.
 */
final class NodeProbe {

    /** Where {@link Facts#COLUMNS} begin in an answer. */
    private static final int FACTS = 11;

    /** The role is asked once, because it may change while the statement runs. A replica's receiver may have begun below. */
    private static final String COLUMNS = """
            SELECT recovery,
                   CASE WHEN recovery THEN coalesce(pg_last_wal_replay_lsn(), '0/0') ELSE pg_current_wal_flush_lsn() END,
                   CASE WHEN NOT recovery OR received IS NOT NULL
                                  AND pg_last_wal_receive_lsn() <= pg_last_wal_replay_lsn() THEN 0
                        ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
                   END::bigint,
                   received,
                   pg_has_role('pg_read_all_stats', 'USAGE'),
                   current_setting('synchronous_standby_names'),
                   (SELECT string_agg(coalesce(flush_lsn, '0/0')::text, ',') FROM pg_stat_replication
                    WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum', 'potential')),
                   CASE WHEN current_setting('default_transaction_read_only') = 'on'
                        THEN EXISTS (SELECT FROM pg_settings
                                     WHERE name = 'default_transaction_read_only' AND source = 'configuration file')
                        ELSE false END,
                   %s,
                   current_setting('synchronous_commit')
            """.formatted(NodeSession.SWITCHOVER);

    private static final String NODE = """
            FROM (SELECT pg_is_in_recovery() AS recovery,
                         (SELECT received_tli FROM pg_stat_wal_receiver WHERE status = 'streaming') AS received
                  OFFSET 0) AS node
            """;

    private static final String QUESTION = COLUMNS + NODE;

    /** The same, with what a promotion depends on. */
    private static final String LONG_QUESTION = COLUMNS + Facts.COLUMNS + NODE;

    /** A node that refuses the replication connection says so in its log each time. */
    private static final long REFUSED_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final int ANSWER_MS = 15_000;

    private final WatchedCluster cluster;
    private final NodeAddress address;
    private final Duration timeout;
    private final LongSupplier ticker;
    private final Confirmations confirmations = new Confirmations();

    /** What to close; null once aborted. Guarded by this. */
    private @Nullable List<Connection> open = new ArrayList<>();

    private @Nullable PreparedStatement question;
    private @Nullable Statement replication;
    private @Nullable History history;
    private @Nullable String refused;
    private long refusedAt;

    /** @param ticker as {@link System#nanoTime} */
    NodeProbe(WatchedCluster cluster, NodeAddress address, Duration timeout, LongSupplier ticker) {
        this.cluster = cluster;
        this.address = address;
        this.timeout = timeout;
        this.ticker = ticker;
    }

    /** Blocks while it connects and while the node answers. */
    Answer ask() throws SQLException {
        PreparedStatement prepared = ready();
        long asked = ticker.getAsLong();
        try (ResultSet told = prepared.executeQuery()) {
            long answered = ticker.getAsLong();
            told.next();
            Role role = told.getBoolean(1) ? Role.REPLICA : Role.PRIMARY;
            Identity identity = identity();
            return new Answer(
                    Instant.now(),
                    asked,
                    Duration.ofNanos(answered - asked),
                    role,
                    Lsn.parse(told.getString(2)),
                    lagMs(told),
                    told.getBoolean(5) ? quorum(told, asked, answered) : null,
                    told.getBoolean(5) ? kept(told) : Kept.UNKNOWN,
                    told.getObject(4) == null ? null : told.getInt(4),
                    told.getBoolean(8),
                    told.getString(9),
                    identity,
                    identity == null ? refused : null,
                    promotes() ? Facts.read(told, FACTS, told.getString(6), cluster.nodes()) : null);
        } catch (SQLException e) {
            throw new SQLException(
                    "%s: did not answer: %s (%s)".formatted(address, e.getMessage(), e.getSQLState()),
                    e.getSQLState(),
                    e);
        }
    }

    private Quorum quorum(ResultSet told, long asked, long answered) throws SQLException {
        return confirmations.seen(told.getString(6), confirmed(told), Lsn.parse(told.getString(2)), asked, answered);
    }

    private Kept kept(ResultSet told) throws SQLException {
        List<String> nodes = cluster.nodes().stream().map(NodeAddress::id).toList();
        return Kept.of(nodes, told.getString(6), told.getString(10), confirmed(told));
    }

    private static List<Lsn> confirmed(ResultSet told) throws SQLException {
        String confirmed = told.getString(7);
        return confirmed == null
                ? List.of()
                : Stream.of(confirmed.split(",")).map(Lsn::parse).toList();
    }

    /** Closes what is open, and what is being opened as soon as it is: who asks gets an exception. Idempotent. */
    void abort() {
        List<Connection> all;
        synchronized (this) {
            all = open == null ? List.of() : open;
            open = null;
        }
        for (Connection connection : all) {
            abort(connection);
        }
    }

    /** Opens both connections ahead of {@link #position}, and hands out the one for SQL. */
    Connection connect() throws SQLException {
        Connection connection = keep(cluster.connect(address.id(), timeout));
        connectReplication();
        return connection;
    }

    /** How far a node has written, and of what. */
    record Position(Lsn lsn, Identity identity) {}

    /** Null when it can't be confirmed; {@link #unidentified} says why. */
    @Nullable
    Position position() throws SQLException {
        Statement asked = replication;
        if (asked == null) {
            return null;
        }
        try (ResultSet told = asked.executeQuery("IDENTIFY_SYSTEM")) {
            told.next();
            String systemId = told.getString("systemid");
            Lsn lsn = Lsn.parse(told.getString("xlogpos"));
            History confirmed = history(asked, told.getInt("timeline"));
            return confirmed == null ? null : new Position(lsn, new Identity(systemId, confirmed));
        }
    }

    @Nullable
    String unidentified() {
        return refused;
    }

    private PreparedStatement ready() throws SQLException {
        PreparedStatement prepared = question;
        if (prepared == null) {
            prepared = keep(cluster.connect(address.id(), timeout))
                    .prepareStatement(promotes() ? LONG_QUESTION : QUESTION);
            connectReplication();
            question = prepared;
        } else if (replication == null && ticker.getAsLong() - refusedAt > REFUSED_NANOS) {
            connectReplication();
        }
        return prepared;
    }

    private boolean promotes() {
        return cluster.failoverPolicy() == FailoverPolicy.PROMOTE;
    }

    private void connectReplication() throws SQLException {
        try {
            replication =
                    keep(cluster.connectReplication(address.id(), timeout)).createStatement();
            refused = null;
        } catch (SQLException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            refused = ("its identity can't be confirmed, so it is not used: it refuses a replication connection: %s;"
                            + " the role that asks needs REPLICATION, an entry in pg_hba.conf and a free place in"
                            + " max_wal_senders")
                    .formatted(e.getMessage());
            refusedAt = ticker.getAsLong();
        }
    }

    /** The server is there and does not want: 28 authorization, 42 privileges, 53 too many connections. */
    private static boolean isRefusal(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("28") || state.startsWith("42") || state.startsWith("53");
    }

    private @Nullable Identity identity() throws SQLException {
        Position position = position();
        return position == null ? null : position.identity();
    }

    /** A server's history of one timeline stays the same. */
    private @Nullable History history(Statement asked, int timeline) throws SQLException {
        if (timeline == 1) {
            return History.first();
        }
        if (history == null || history.timeline() != timeline) {
            history = askHistory(asked, timeline);
        }
        return history;
    }

    private @Nullable History askHistory(Statement asked, int timeline) throws SQLException {
        try (ResultSet told = asked.executeQuery("TIMELINE_HISTORY " + timeline)) {
            told.next();
            return History.parse(timeline, told.getString("content"));
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith("08")) {
                throw e;
            }
            refused = "its identity can't be confirmed, so it is not used: it has no history of its timeline %d: %s"
                    .formatted(timeline, e.getMessage());
            return null;
        }
    }

    /** Who asks decides how long it waits for an answer, and aborts it. */
    private Connection keep(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, ANSWER_MS);
        synchronized (this) {
            if (open != null) {
                open.add(connection);
                return connection;
            }
        }
        abort(connection);
        throw new SQLException(address + ": nobody waits for the answer any more", "08003");
    }

    private static void abort(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            // It is gone already.
        }
    }

    /** The clocks of two hosts differ: what was replayed may seem to be of the future. */
    private static @Nullable Long lagMs(ResultSet told) throws SQLException {
        long lag = told.getLong(3);
        return told.wasNull() ? null : Math.max(0, lag);
    }
}
