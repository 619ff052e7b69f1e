// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.RoleExchange;
import io.ucm.spi.WatchedCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.jdbc.DataSourceFactory;

/** The way to one cluster's nodes as the cluster's own role. Thread-safe. */
final class ClusterAccess implements WatchedCluster {

    private static final Map<String, String> REPLICATION = Map.of(
            "replication", "database",
            "preferQueryMode", "simple",
            "assumeMinServerVersion", "10");

    private final ClusterSettings cluster;
    private final Credentials credentials;
    private final Supplier<@Nullable Connector> connector;
    private final Function<String, Optional<Duration>> silence;
    private final @Nullable RoleExchange exchange;

    /**
     * @param connector null while no driver is installed
     * @param silence see {@link WatchedCluster#silence}
     * @param exchange see {@link WatchedCluster#roleExchange}; null: nobody
     */
    ClusterAccess(
            ClusterSettings cluster,
            Credentials credentials,
            Supplier<@Nullable Connector> connector,
            Function<String, Optional<Duration>> silence,
            @Nullable RoleExchange exchange) {
        this.cluster = cluster;
        this.credentials = credentials;
        this.connector = connector;
        this.silence = silence;
        this.exchange = exchange;
    }

    /** What the nodes can be asked with; null while they can't be asked. */
    @Nullable
    DataSourceFactory driver() {
        Connector now = cluster.user().isEmpty() ? null : connector.get();
        return now == null ? null : now.driver();
    }

    @Override
    public String name() {
        return cluster.name();
    }

    @Override
    public List<NodeAddress> nodes() {
        return cluster.nodes();
    }

    @Override
    public String configuredPrimary() {
        NodeAddress primary = cluster.primary();
        return primary == null ? "" : primary.id();
    }

    @Override
    public FailoverPolicy failoverPolicy() {
        return cluster.failoverPolicy();
    }

    @Override
    public Optional<RoleExchange> roleExchange() {
        return Optional.ofNullable(exchange);
    }

    @Override
    public Optional<Duration> silence(String node) {
        return silence.apply(node);
    }

    @Override
    public Connection connect(String node, Duration timeout) throws SQLException {
        return connect(node, timeout, Map.of());
    }

    @Override
    public Connection connectReplication(String node, Duration timeout) throws SQLException {
        return connect(node, timeout, REPLICATION);
    }

    private Connection connect(String id, Duration timeout, Map<String, String> more) throws SQLException {
        NodeAddress node = cluster.nodes().stream()
                .filter(there -> there.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "cluster '%s' has no node '%s'; there are: %s".formatted(cluster.name(), id, cluster.nodes())));
        Connector now = connector.get();
        if (cluster.user().isEmpty()) {
            throw unable(node + ": io.ucm.cluster names no user to ask the nodes with");
        }
        if (now == null) {
            throw unable(node + ": no driver " + cluster.driverClass() + " is installed");
        }
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ucm/" + cluster.name());
        properties.putAll(more);
        try {
            Connection connection = credentials
                    .open(false, password -> now.connect(node, cluster.user(), password, timeout, properties))
                    .connection();
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(timeout.toMillis()));
            return connection;
        } catch (SQLException | RuntimeException | LinkageError e) {
            throw new SQLException(
                    ConnectFailure.message(e, node, cluster, cluster.user(), cluster.origin()),
                    e instanceof SQLException failure ? failure.getSQLState() : "08001",
                    e);
        }
    }

    /** Nothing was asked: it says nothing of the node. */
    private static SQLException unable(String why) {
        return new SQLFeatureNotSupportedException(why, "0A000");
    }
}
