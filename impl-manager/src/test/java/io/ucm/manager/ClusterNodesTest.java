// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.NodeState;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClusterNodesTest {

    private final FakeServer server = new FakeServer();
    private final ClusterSettings cluster = ClusterSettings.of(
            SettingsTest.ORIGIN,
            SettingsTest.config(
                    ClusterConfig.class,
                    Map.of("cluster", "main", "nodes", new String[] {"n1=db:5432"}, "database", "ucm", "user", "ha"),
                    Map.of()));
    private final AtomicReference<Connector> connector = new AtomicReference<>();
    private final Threads threads = new Threads();
    private final ClusterNodes nodes =
            new ClusterNodes(cluster, new Credentials(cluster.password()), connector::get, threads);

    @AfterEach
    void close() {
        nodes.close();
        threads.close();
    }

    @Test
    void asksAtOnceWhenADriverHasCome() {
        Awaitility.await().until(() -> reason().contains("no driver"));
        server.onConnect = () -> {
            throw new SQLException("connection refused", "08001");
        };
        connector.set(new Connector(server.factory(), cluster, TlsState.of(Tls.withoutFiles(TlsMode.PREFER))));

        assertThat(nodes.refreshed()).singleElement().satisfies(node -> {
            assertThat(node.state()).isEqualTo(NodeState.DOWN);
            assertThat(node.reason())
                    .isEqualTo("n1 (db:5432): could not connect as 'ha': connection refused (08001);"
                            + " check that a server listens there, and nodes of io.ucm.test~1");
        });
    }

    private String reason() {
        return String.valueOf(nodes.nodes().get(0).reason());
    }
}
