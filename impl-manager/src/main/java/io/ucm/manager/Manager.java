// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Access;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.ModeProfile;
import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.api.PoolTimeoutException;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLNonTransientException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * The manager of one cluster and mode: it stays while everything behind it is exchanged. Each bundle sees it through a
 * {@link BundleView} of its own. Thread-safe.
 */
final class Manager {

    private final ManagerKey key;
    private final Threads threads;
    private final Supplier<List<Node>> nodes;
    private final Gate gate = new Gate();
    private final Generations generations;
    private final Consumers consumers = new Consumers();
    private final SlowCalls slowCalls = new SlowCalls();
    private volatile ModeSettings settings;

    Manager(ModeSettings settings, Threads threads, Duration hold, Supplier<List<Node>> nodes) {
        this.key = settings.key();
        this.settings = settings;
        this.threads = threads;
        this.nodes = nodes;
        this.generations = new Generations(key, gate, threads, hold);
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

    /** See {@link ConnectionManager#pool}. */
    PoolStats pool() {
        Generation now = generations.current();
        if (now == null) {
            return new PoolStats(0, 0, gate.waiting(), mode().poolSize());
        }
        PoolStats stats = now.pool().stats();
        return new PoolStats(stats.active(), stats.idle(), gate.waiting(), stats.max());
    }

    List<Node> nodes() {
        return nodes.get();
    }

    ManagerKey key() {
        return key;
    }

    Threads threads() {
        return threads;
    }

    Gate gate() {
        return gate;
    }

    Generations generations() {
        return generations;
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
        gate.evict(consumer);
        for (Lent lent : generations.lent()) {
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
        try {
            while (gate.enter(priority, consumer, deadline)) {
                Borrow borrow = borrowInside(deadline);
                if (borrow != null) {
                    return borrow;
                }
                gate.exit();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLTransientConnectionException(
                    "pool '%s': interrupted while waiting for a connection".formatted(key), "08001", e);
        }
        throw consumer.ended() ? consumer.gone(key) : timedOut(arrived, null);
    }

    /**
     * Borrows with a permit of the gate in hand; the permit goes on with the borrow, and back when this throws.
     *
     * @return null when nothing serves now: the permit stays with the caller
     */
    @Nullable
    Borrow borrowInside(long deadline) throws SQLException {
        long arrived = System.nanoTime();
        for (Generation now = generations.current(); now != null; now = generations.current()) {
            if (!now.enter()) {
                continue;
            }
            try {
                Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
                return new Borrow(gate, now, now.pool().getConnection(left));
            } catch (SQLException | RuntimeException | LinkageError e) {
                now.exit();
                if (generations.current() == now) {
                    gate.exit();
                    throw refused(arrived, e);
                }
            }
        }
        if (generations.isClosed()) {
            gate.exit();
            throw closed();
        }
        return null;
    }

    private SQLException closed() {
        return new SQLNonTransientConnectionException(
                "pool '%s': the manager was closed: its configuration or its bundle is gone".formatted(key), "08003");
    }

    private SQLException refused(long arrived, Throwable e) {
        return e instanceof SQLException failure && !(e instanceof SQLTransientConnectionException)
                ? failure
                : timedOut(arrived, e);
    }

    /** The error for a caller that got no connection in time. */
    PoolTimeoutException timedOut(long arrived, @Nullable Throwable cause) {
        Throwable reason = cause == null || cause.getCause() == null ? cause : cause.getCause();
        String why = generations.why() != null
                ? generations.why()
                : reason == null ? null : "last failure: " + Objects.toString(reason.getMessage(), reason.toString());
        return new PoolTimeoutException(
                key.toString(), Duration.ofNanos(System.nanoTime() - arrived), pool(), why, cause);
    }

    void close() {
        generations.close();
    }
}
