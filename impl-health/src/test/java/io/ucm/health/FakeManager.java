// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.health;

import io.ucm.api.Access;
import io.ucm.api.Cache;
import io.ucm.api.CacheRegion;
import io.ucm.api.CallOptions;
import io.ucm.api.CommitOutcome;
import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthReport;
import io.ucm.api.ModeProfile;
import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.api.Position;
import io.ucm.api.Priority;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/** A manager whose reads are answered by the test. */
final class FakeManager implements ConnectionManager {

    /** A read that was asked for. */
    record Read(CallOptions options, CompletableFuture<Object> answer) {}

    final List<Read> reads = new CopyOnWriteArrayList<>();
    volatile PoolStats pool = new PoolStats(1, 2, 3, 4);
    volatile RuntimeException broken;

    private final String cluster;
    private final String mode;
    private final Access access;

    FakeManager(String cluster, String mode, Access access) {
        this.cluster = cluster;
        this.mode = mode;
        this.access = access;
    }

    static FakeManager of(String mode) {
        return new FakeManager("main", mode, Access.READ_WRITE);
    }

    /** What a healthy role says. */
    RoleState healthy() {
        return new RoleState("app", false, false, "ucm/" + cluster + "/" + mode, "UTC", "it may write");
    }

    void answer(Object state) {
        reads.get(reads.size() - 1).answer().complete(state);
    }

    void fail(Throwable failure) {
        reads.get(reads.size() - 1).answer().completeExceptionally(failure);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> CompletionStage<T> read(SqlWork<T> work, CallOptions options) {
        if (broken != null) {
            throw broken;
        }
        Read read = new Read(options, new CompletableFuture<>());
        reads.add(read);
        return (CompletionStage<T>) read.answer();
    }

    @Override
    public String cluster() {
        return cluster;
    }

    @Override
    public ModeProfile mode() {
        return new ModeProfile(
                mode,
                4,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ZERO,
                access,
                true,
                CommitOutcome.REPORTED,
                Priority.NORMAL,
                1,
                Duration.ZERO);
    }

    @Override
    public PoolStats pool() {
        return pool;
    }

    @Override
    public <T> CompletionStage<T> write(SqlWork<T> work, CallOptions options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<Position> position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<WriteState> outcome(UUID token) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DataSource dataSource() {
        throw new UnsupportedOperationException();
    }

    @Override
    public <V> Cache<V> cache(CacheRegion<V> region) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<HealthReport> healthCheck() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Node> nodes() {
        return List.of();
    }
}
