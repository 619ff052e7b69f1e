// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Cache;
import io.ucm.api.CacheRegion;
import io.ucm.api.CallOptions;
import io.ucm.api.ConnectionManager;
import io.ucm.api.HealthReport;
import io.ucm.api.ModeProfile;
import io.ucm.api.Node;
import io.ucm.api.PoolStats;
import io.ucm.api.Position;
import io.ucm.api.SqlWork;
import io.ucm.api.WriteState;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import javax.sql.DataSource;

/** A manager as one bundle sees it: what goes through here is that bundle's. Thread-safe. */
final class BundleView implements ConnectionManager {

    private final Manager manager;
    private final Consumer consumer;
    private final DataSource dataSource;

    BundleView(Manager manager, Consumer consumer) {
        this.manager = manager;
        this.consumer = consumer;
        this.dataSource = new UcmDataSource(manager, consumer);
    }

    @Override
    public String cluster() {
        return manager.key().cluster();
    }

    @Override
    public ModeProfile mode() {
        return manager.mode();
    }

    @Override
    public <T> CompletionStage<T> read(SqlWork<T> work, CallOptions options) {
        return manager.read(consumer, work, options);
    }

    @Override
    public <T> CompletionStage<T> write(SqlWork<T> work, CallOptions options) {
        return manager.write(consumer, work, options);
    }

    @Override
    public CompletionStage<Position> position() {
        return manager.position(consumer);
    }

    @Override
    public CompletionStage<WriteState> outcome(UUID token) {
        return manager.outcome(consumer, token);
    }

    @Override
    public DataSource dataSource() {
        return dataSource;
    }

    @Override
    public <V> Cache<V> cache(CacheRegion<V> region) {
        return new ManagedCache<>(manager, consumer, region);
    }

    @Override
    public CompletionStage<HealthReport> healthCheck() {
        return manager.healthCheck();
    }

    @Override
    public PoolStats pool() {
        return manager.pool();
    }

    @Override
    public List<Node> nodes() {
        return manager.nodes();
    }
}
