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
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The manager of one cluster and mode: it stays while everything behind it is exchanged. Thread-safe. */
final class Manager implements ConnectionManager {

    private final ManagerKey key;
    private final Threads threads;
    private final Supplier<List<Node>> nodes;
    private final Gate gate = new Gate();
    private final Generations generations;
    private final DataSource dataSource = new UcmDataSource(this);
    private volatile ModeProfile profile;

    Manager(ManagerKey key, ModeProfile profile, Threads threads, Duration hold, Supplier<List<Node>> nodes) {
        this.key = key;
        this.profile = profile;
        this.threads = threads;
        this.nodes = nodes;
        this.generations = new Generations(key, gate, threads, hold);
    }

    @Override
    public String cluster() {
        return key.cluster();
    }

    @Override
    public ModeProfile mode() {
        return profile;
    }

    @Override
    public <T> CompletionStage<T> read(SqlWork<T> work, CallOptions options) {
        return start(new Call<>(this, work, options, true));
    }

    @Override
    public <T> CompletionStage<T> write(SqlWork<T> work, CallOptions options) {
        if (options.access() == Access.READ_ONLY) {
            throw new IllegalArgumentException("pool '%s': a write needs READ_WRITE access".formatted(key));
        }
        return profile.readOnly()
                ? CompletableFuture.failedFuture(new SQLNonTransientException(
                        "mode %s of cluster '%s' is read-only; write through a mode with READ_WRITE access"
                                .formatted(key.mode(), key.cluster()),
                        "25006"))
                : start(new Call<>(this, work, options, false));
    }

    private <T> CompletionStage<T> start(Call<T> call) {
        try {
            call.start();
            return call.result();
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(closed());
        }
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public PoolStats pool() {
        Generation now = generations.current();
        if (now == null) {
            return new PoolStats(0, 0, gate.waiting(), profile.poolSize());
        }
        PoolStats stats = now.pool().stats();
        return new PoolStats(stats.active(), stats.idle(), gate.waiting(), stats.max());
    }

    @Override
    public List<Node> nodes() {
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

    /** A configuration change: timeouts count from the next call on, the pool follows by the blueprint. */
    void changeProfile(ModeProfile changed) {
        profile = changed;
    }

    /** Borrows for {@link DataSource#getConnection()}: blocks up to the acquire timeout. */
    Borrow borrow(Priority priority) throws SQLException {
        long arrived = System.nanoTime();
        Duration timeout = profile.acquireTimeout();
        long deadline = arrived + timeout.toNanos();
        try {
            while (gate.enter(priority, deadline)) {
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
        throw timedOut(arrived, null);
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
