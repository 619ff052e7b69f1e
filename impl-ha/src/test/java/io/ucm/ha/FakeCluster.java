// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.RoleExchange;
import io.ucm.spi.WatchedCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Three servers, of which n1 is the primary. */
final class FakeCluster implements WatchedCluster {

    final FakeServer n1 = new FakeServer("n1", true);
    final FakeServer n2 = new FakeServer("n2", false);
    final FakeServer n3 = new FakeServer("n3", false);

    private final String name;
    private volatile FailoverPolicy policy = FailoverPolicy.FOLLOW;
    private volatile String cutOff = "";
    /** Null: nobody else exchanges roles. */
    volatile RoleExchange exchange;

    /** What is heard of the nodes elsewhere. */
    volatile Function<String, Optional<Duration>> silences = node -> Optional.empty();

    FakeCluster(String name) {
        this.name = name;
        servers().forEach(server -> server.peers(servers()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<NodeAddress> nodes() {
        return servers().stream().map(FakeServer::address).toList();
    }

    @Override
    public String configuredPrimary() {
        return "n1";
    }

    @Override
    public FailoverPolicy failoverPolicy() {
        return policy;
    }

    @Override
    public Optional<RoleExchange> roleExchange() {
        return Optional.ofNullable(exchange);
    }

    FakeCluster promoting() {
        policy = FailoverPolicy.PROMOTE;
        return this;
    }

    /** That node can't be reached from here any more, but from the other nodes. */
    void cutOff(FakeServer server) {
        cutOff = server.address().id();
        server.loseConnections();
    }

    private void reach(String node) throws SQLException {
        if (cutOff.equals(node)) {
            throw new SQLException(node + ": no route to host", "08001");
        }
    }

    @Override
    public Optional<Duration> silence(String node) {
        return silences.apply(node);
    }

    @Override
    public Connection connect(String node, Duration timeout) throws SQLException {
        reach(node);
        return server(node).connect(timeout, false);
    }

    @Override
    public Connection connectReplication(String node, Duration timeout) throws SQLException {
        reach(node);
        return server(node).connect(timeout, true);
    }

    List<FakeServer> servers() {
        return List.of(n1, n2, n3);
    }

    private FakeServer server(String node) {
        return servers().stream()
                .filter(server -> server.address().id().equals(node))
                .findFirst()
                .orElseThrow();
    }
}
