// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The nodes of one cluster as they were last asked, every 5 s and on demand. Thread-safe. */
final class ClusterNodes {

    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ClusterSettings cluster;
    private final Credentials credentials;
    private final Supplier<@Nullable Connector> connector;
    private final Threads threads;
    private final Map<String, Node> answers = new ConcurrentHashMap<>();
    private final ScheduledFuture<?> schedule;
    private volatile boolean paused;
    private volatile long askedAt = System.nanoTime() - EVERY.toNanos();

    /** @param connector null while no driver is installed */
    ClusterNodes(
            ClusterSettings cluster,
            Credentials credentials,
            Supplier<@Nullable Connector> connector,
            Threads threads) {
        this.cluster = cluster;
        this.credentials = credentials;
        this.connector = connector;
        this.threads = threads;
        this.schedule =
                threads.timer().scheduleWithFixedDelay(this::askSoon, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    ClusterSettings cluster() {
        return cluster;
    }

    /** As last asked, in the order of the configuration. */
    List<Node> nodes() {
        return cluster.nodes().stream().map(this::last).toList();
    }

    /** Asks all nodes unless that was done within the last second: blocks 2 s at most for a node that is silent. */
    List<Node> refreshed() {
        if (System.nanoTime() - askedAt > FRESH.toNanos()) {
            ask();
        }
        return nodes();
    }

    /** Asks all nodes now, elsewhere: what they are asked with has come. */
    void askSoon() {
        if (paused) {
            return;
        }
        threads.background().execute(this::ask);
    }

    /** Whether somebody else asks them. */
    void pause(boolean others) {
        paused = others;
        if (!others) {
            askSoon();
        }
    }

    void close() {
        schedule.cancel(false);
    }

    private void ask() {
        boolean able = connector.get() != null;
        CompletableFuture<?>[] all = cluster.nodes().stream()
                .map(node -> CompletableFuture.runAsync(() -> ask(node), threads.background()))
                .toArray(CompletableFuture<?>[]::new);
        CompletableFuture.allOf(all).join();
        if (able) {
            askedAt = System.nanoTime();
        }
    }

    private void ask(NodeAddress address) {
        Connector now = connector.get();
        if (cluster.user().isEmpty()) {
            put(address, Role.UNKNOWN, NodeState.UNKNOWN, "io.ucm.cluster names no user to ask the nodes with");
        } else if (now == null) {
            put(address, last(address).role(), NodeState.UNKNOWN, "no driver " + cluster.driverClass());
        } else {
            try {
                put(address, role(now, address), NodeState.UP, null);
            } catch (SQLException | RuntimeException | LinkageError e) {
                NodeState before = last(address).state();
                NodeState state = before == NodeState.UP ? NodeState.SUSPECT : NodeState.DOWN;
                String why = ConnectFailure.message(e, address, cluster, cluster.user(), cluster.origin());
                put(address, last(address).role(), state, why);
            }
        }
    }

    private Connection connect(Connector with, NodeAddress address, Properties properties) throws SQLException {
        return credentials
                .open(false, password -> with.connect(address, cluster.user(), password, TIMEOUT, properties))
                .connection();
    }

    private Role role(Connector with, NodeAddress address) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ucm/" + cluster.name());
        properties.setProperty("socketTimeout", Long.toString(TIMEOUT.toSeconds()));
        try (Connection connection = connect(with, address, properties);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT pg_is_in_recovery()")) {
            result.next();
            return result.getBoolean(1) ? Role.REPLICA : Role.PRIMARY;
        }
    }

    private void put(NodeAddress address, Role role, NodeState state, @Nullable String reason) {
        answers.put(
                address.id(),
                new Node(address.id(), address.host(), address.port(), role, state, Instant.now(), reason));
    }

    private Node last(NodeAddress address) {
        Node answer = answers.get(address.id());
        return answer != null
                ? answer
                : new Node(
                        address.id(),
                        address.host(),
                        address.port(),
                        Role.UNKNOWN,
                        NodeState.UNKNOWN,
                        null,
                        "not asked yet");
    }
}
