// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthReport;
import io.ucm.api.ModeProfile;
import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * The manager of one cluster and mode: it stays while everything behind it is exchanged. Each bundle sees it through a
 * {@link BundleView} of its own. Thread-safe.
 */
final class Manager {

    /** How long a caller waits in the pool before it looks whether that still serves. */
    private static final long POOL_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final ManagerKey key;
    private final Threads threads;
    private final Surroundings around;
    private final Lane primary;
    private final ReadLanes readers;
    private final Consumers consumers = new Consumers();
    private final SlowCalls slowCalls = new SlowCalls();
    private volatile ModeSettings settings;

    /** @param hold how long a bundle that leaves is held until its connections are back */
    Manager(ModeSettings settings, Threads threads, Duration hold, Surroundings around) {
        this.key = settings.key();
        this.settings = settings;
        this.threads = threads;
        this.around = around;
        this.primary = new Lane(key, true, threads, hold, around::lost);
        this.readers = new ReadLanes(() -> new Lane(key, false, threads, hold, around::lost));
    }

    /** As that bundle sees it. */
    ConnectionManager viewOf(Bundle bundle) {
        return new BundleView(this, consumers.of(bundle));
    }

    ModeProfile mode() {
        return settings.profile();
    }

    /** See {@link ConnectionManager#read}. */
    <T> CompletionStage<T> read(Consumer consumer, SqlWork<T> work, CallOptions options) {
        return start(new Call<>(this, consumer, work, options, true));
    }

    /** See {@link ConnectionManager#write}. */
    <T> CompletionStage<T> write(Consumer consumer, SqlWork<T> work, CallOptions options) {
        if (options.access() == Access.READ_ONLY) {
            throw new IllegalArgumentException("pool '%s': a write needs READ_WRITE access".formatted(key));
        }
        return mode().readOnly()
                ? CompletableFuture.failedFuture(new SQLNonTransientException(
                        "mode %s of cluster '%s' is read-only; write through a mode with READ_WRITE access"
                                .formatted(key.mode(), key.cluster()),
                        "25006"))
                : start(new Call<>(this, consumer, work, options, false));
    }

    private <T> CompletionStage<T> start(Call<T> call) {
        Consumer consumer = call.consumer();
        if (consumer.ended()) {
            return CompletableFuture.failedFuture(consumer.gone(key));
        }
        consumer.begin();
        try {
            call.start();
            return call.result();
        } catch (RejectedExecutionException e) {
            consumer.done(false);
            return CompletableFuture.failedFuture(closed());
        }
    }

    /** See {@link ConnectionManager#pool}: all nodes together. */
    PoolStats pool() {
        PoolStats sum = primary.stats(mode().poolSize());
        for (Lane lane : readers.serving().values()) {
            PoolStats more = lane.stats(0);
            sum = new PoolStats(
                    sum.active() + more.active(),
                    sum.idle() + more.idle(),
                    sum.pending() + more.pending(),
                    sum.max() + more.max());
        }
        return sum;
    }

    List<Node> nodes() {
        return around.nodes();
    }

    /** See {@link ConnectionManager#healthCheck}. */
    CompletionStage<HealthReport> healthCheck() {
        return around.monitoring().check(key);
    }

    /** The caches of its cluster. */
    ClusterCaches caches() {
        return around.caches();
    }

    /** The levels above the database; null while no part has any. */
    @Nullable
    CacheLevels cacheLevels() {
        return around.caches().levels(key.mode());
    }

    ManagerKey key() {
        return key;
    }

    Threads threads() {
        return threads;
    }

    /** Lets that blueprint serve, on the primary and on what else the route allows. */
    void want(Blueprint blueprint, Route route) {
        NodeAddress now = route.primary();
        if (now == null) {
            primary.generations().park(String.valueOf(route.why()));
        } else {
            primary.generations().want(blueprint.at(now));
            around.rules()
                    .reachedBy(
                            this, threads.background(), () -> blueprint.at(now).connect());
        }
        readers.want(
                mode().replicaReads()
                        ? route.readable().stream().map(blueprint::at).toList()
                        : List.of(),
                "the node is not read any more");
    }

    /** Nothing can be built now, for a reason. */
    void wantNothing(String reason) {
        around.rules().outOfReach(this);
        primary.generations().wantNothing(reason);
        readers.want(List.of(), reason);
    }

    /** What texts of SQL may leave behind in a session. */
    SessionRules rules() {
        return around.rules();
    }

    /** The lane to the primary. */
    Lane primary() {
        return primary;
    }

    /** The lanes to replicas. */
    ReadLanes readers() {
        return readers;
    }

    /** All lanes, those too whose last connections are still out. */
    List<Lane> lanes() {
        List<Lane> lanes = new ArrayList<>(readers.all());
        lanes.add(primary);
        return lanes;
    }

    /** The lane for the next try of a call. */
    Lane lane(boolean onReplica) {
        Lane reader = onReplica && mode().replicaReads() ? readers.pick() : null;
        if (reader == null && onReplica && primary.generations().current() == null) {
            reader = readers.any();
        }
        return reader == null ? primary : reader;
    }

    /** What serves on the primary. */
    Generations generations() {
        return primary.generations();
    }

    /** The connections that are lent out now, on all nodes. */
    List<Lent> lent() {
        return lanes().stream()
                .flatMap(lane -> lane.generations().lent().stream())
                .toList();
    }

    Consumers consumers() {
        return consumers;
    }

    ModeSettings settings() {
        return settings;
    }

    /** A call has ended: its figures, and a line if it was slow. */
    void ended(Call<?> call, boolean succeeded) {
        call.consumer().done(succeeded);
        Duration limit = settings.slowCall();
        long now = System.nanoTime();
        if (!limit.isZero() && now - call.arrived() > limit.toNanos()) {
            slowCalls.log(now, () -> call.account(now));
        }
    }

    /** A call has its answer. */
    void measure(Call<?> call, @Nullable Throwable failure) {
        if (around.monitoring().measures()) {
            around.monitoring().ended(call.operation(failure));
        }
    }

    /** A configuration change: timeouts count from the next call on, the pool follows by the blueprint. */
    void changeSettings(ModeSettings changed) {
        settings = changed;
    }

    /** A bundle has stopped: its work is cancelled and its connections come back, in the background. */
    void end(Bundle bundle) {
        Consumer consumer = consumers.remove(bundle);
        if (consumer == null) {
            return;
        }
        consumer.end();
        lanes().forEach(lane -> lane.gate().evict(consumer));
        for (Lent lent : lent()) {
            if (lent.holder().consumer() == consumer) {
                threads.background().execute(lent.holder()::revoke);
            }
        }
    }

    /** For {@link javax.sql.DataSource#getConnection()}: blocks up to the acquire timeout. */
    UcmConnection lend(Consumer consumer, Priority priority) throws SQLException {
        consumer.begin();
        Borrow borrow;
        try {
            borrow = borrow(consumer, priority);
        } catch (SQLException | RuntimeException | Error e) {
            consumer.done(false);
            throw e;
        }
        UcmConnection connection = new UcmConnection(borrow, this, consumer, false);
        borrow.physical().lend(connection);
        if (consumer.ended()) {
            connection.revoke();
            throw consumer.gone(key);
        }
        return connection;
    }

    private Borrow borrow(Consumer consumer, Priority priority) throws SQLException {
        long arrived = System.nanoTime();
        Duration timeout = mode().acquireTimeout();
        long deadline = arrived + timeout.toNanos();
        Lane lane = lane(mode().readOnly());
        try {
            while (lane.gate().enter(priority, consumer, deadline)) {
                Borrow borrow = borrowInside(lane, deadline);
                if (borrow != null) {
                    return borrow;
                }
                lane.gate().exit();
                lane = lane(mode().readOnly());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "pool '%s': interrupted while waiting for a connection".formatted(key), "08001", e);
        }
        throw consumer.ended() ? consumer.gone(key) : timedOut(lane, arrived, null);
    }

    /**
     * Borrows with a permit of the lane's gate in hand; the permit goes on with the borrow, and back when this throws.
     *
     * @return null when the lane has nothing that serves now: the permit stays with the caller
     */
    @Nullable
    Borrow borrowInside(Lane lane, long deadline) throws SQLException {
        long arrived = System.nanoTime();
        Generations generations = lane.generations();
        for (Generation now = generations.current(); now != null; now = generations.current()) {
            if (!now.enter()) {
                continue;
            }
            try {
                return new Borrow(lane.gate(), now, connection(lane, now, deadline));
            } catch (SQLException | RuntimeException | LinkageError e) {
                now.exit();
                if (generations.current() == now) {
                    if (!lane.toPrimary()) {
                        lane.avoid();
                        return null;
                    }
                    lane.gate().exit();
                    throw refused(lane, arrived, e);
                }
            }
        }
        if (primary.generations().isClosed()) {
            lane.gate().exit();
            throw closed();
        }
        return null;
    }

    /**
     * In short waits, so that nobody goes on waiting in a pool that does not serve any more; and only one of them on a
     * replica, because the primary can serve too.
     */
    private static Connection connection(Lane lane, Generation from, long deadline) throws SQLException {
        while (true) {
            long now = System.nanoTime();
            long left = Math.max(1, deadline - now);
            try {
                return from.pool().getConnection(Duration.ofNanos(Math.min(left, POOL_WAIT_NANOS)));
            } catch (SQLTransientConnectionException e) {
                boolean waited = System.nanoTime() - now >= POOL_WAIT_NANOS;
                if (!waited
                        || !lane.toPrimary()
                        || left <= POOL_WAIT_NANOS
                        || lane.generations().current() != from) {
                    throw e;
                }
            }
        }
    }

    private SQLException closed() {
        return new SQLNonTransientConnectionException(
                "pool '%s': the manager was closed: its configuration or its bundle is gone".formatted(key), "08003");
    }

    private SQLException refused(Lane lane, long arrived, Throwable e) {
        return e instanceof SQLException failure && !(e instanceof SQLTransientConnectionException)
                ? failure
                : timedOut(lane, arrived, e);
    }

    /** The error for a caller that got no connection in time. */
    PoolTimeoutException timedOut(Lane lane, long arrived, @Nullable Throwable cause) {
        Throwable reason = cause == null || cause.getCause() == null ? cause : cause.getCause();
        String known = lane.generations().why();
        String why = known != null
                ? known
                : reason == null ? null : "last failure: " + Objects.toString(reason.getMessage(), reason.toString());
        return new PoolTimeoutException(
                key.toString(),
                Duration.ofNanos(System.nanoTime() - arrived),
                lane.stats(mode().poolSize()),
                why,
                cause);
    }

    /** Blocks up to the hold while connections come back. */
    void close() {
        around.rules().outOfReach(this);
        threads.inParallel(lanes().stream().map(lane -> lane.generations()::close));
    }
}
