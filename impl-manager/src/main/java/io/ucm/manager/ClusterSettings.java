// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import io.ucm.settings.Require;
import io.ucm.settings.Secret;
import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One cluster, validated.
 *
 * @param origin for messages
 */
record ClusterSettings(
        Origin origin,
        String name,
        List<NodeAddress> nodes,
        NodeAddress primary,
        FailoverPolicy failoverPolicy,
        String database,
        String user,
        Secret password,
        String driverClass,
        Duration connectTimeout,
        Duration passwordGrace,
        TlsSettings tls) {

    static ClusterSettings of(Origin origin, ClusterConfig config) {
        String name = Require.name("cluster", config.cluster());
        List<NodeAddress> nodes = nodes(config);
        return new ClusterSettings(
                origin,
                name,
                nodes,
                primary(nodes, config.primary()),
                policy(config.failover_policy()),
                Require.text("database", config.database()),
                config.user(),
                new Secret(config._password()),
                Require.text("driver.class", config.driver_class()),
                Duration.ofMillis(Require.atLeast(1, "connect.timeout.ms", config.connect_timeout_ms())),
                Duration.ofMillis(Require.atLeast(0, "password.grace.ms", config.password_grace_ms())),
                TlsSettings.of(origin, config));
    }

    /** What is left of it where only its pools matter. */
    ClusterSettings withoutPassword() {
        return new ClusterSettings(
                origin,
                name,
                nodes,
                primary,
                failoverPolicy,
                database,
                user,
                new Secret(""),
                driverClass,
                connectTimeout,
                passwordGrace,
                tls);
    }

    private static List<NodeAddress> nodes(ClusterConfig config) {
        String[] texts = config.nodes();
        if (texts == null || texts.length == 0) {
            throw new IllegalArgumentException("nodes: at least one is needed, as id=host:port");
        }
        List<NodeAddress> nodes = Arrays.stream(texts)
                .flatMap(text -> Arrays.stream(text.split(",")))
                .map(NodeAddresses::parse)
                .toList();
        Set<String> ids = new HashSet<>();
        for (NodeAddress node : nodes) {
            if (!ids.add(node.id())) {
                throw new IllegalArgumentException("nodes: the id '" + node.id() + "' is there twice");
            }
        }
        return nodes;
    }

    private static FailoverPolicy policy(String name) {
        return Arrays.stream(FailoverPolicy.values())
                .filter(policy -> policy.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("failover.policy: '%s': must be one of %s"
                        .formatted(name, Arrays.toString(FailoverPolicy.values()))));
    }

    private static NodeAddress primary(List<NodeAddress> nodes, String id) {
        return id.isEmpty()
                ? nodes.get(0)
                : nodes.stream()
                        .filter(node -> node.id().equals(id))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException("primary: '" + id + "' is none of the nodes " + nodes));
    }
}
