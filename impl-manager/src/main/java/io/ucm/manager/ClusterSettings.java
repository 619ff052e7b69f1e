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
import org.jspecify.annotations.Nullable;

/**
 * One cluster, validated.
 *
 * @param origin for messages
 * @param nodes none while Patroni has not named them
 * @param patroni whose REST API names the nodes; empty where it does not
 * @param primary null while there are no nodes
 */
record ClusterSettings(
        Origin origin,
        String name,
        List<NodeAddress> nodes,
        PatroniSettings patroni,
        @Nullable NodeAddress primary,
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
        PatroniSettings patroni = PatroniSettings.of(origin, config);
        List<NodeAddress> nodes = nodes(config, patroni);
        FailoverPolicy policy = policy(config.failover_policy());
        if (policy == FailoverPolicy.PROMOTE && !patroni.isEmpty()) {
            throw new IllegalArgumentException(
                    "failover.policy: PROMOTE: with patroni it is Patroni that promotes; leave it out, or use FOLLOW");
        }
        return new ClusterSettings(
                origin,
                name,
                nodes,
                patroni,
                primary(nodes, config.primary()),
                policy,
                Require.text("database", config.database()),
                config.user(),
                new Secret(config._password()),
                Require.text("driver.class", config.driver_class()),
                Duration.ofMillis(Require.atLeast(1, "connect.timeout.ms", config.connect_timeout_ms())),
                Duration.ofMillis(Require.atLeast(0, "password.grace.ms", config.password_grace_ms())),
                TlsSettings.of(origin, config));
    }

    /** With these nodes in place of its own. */
    ClusterSettings with(List<NodeAddress> members, NodeAddress itsPrimary) {
        return copy(members, patroni, itsPrimary, failoverPolicy, password);
    }

    /** Whatever the nodes are watched by that is not a secret. */
    ClusterSettings withoutPassword() {
        return copy(nodes, patroni.ofMembers(), primary, failoverPolicy, new Secret(""));
    }

    /** What is left of it where only its pools matter: one leads to one node, and the others are nothing to it. */
    ClusterSettings ofPools() {
        return copy(List.of(), PatroniSettings.none(), null, FailoverPolicy.FOLLOW, new Secret(""));
    }

    private ClusterSettings copy(
            List<NodeAddress> itsNodes,
            PatroniSettings itsPatroni,
            @Nullable NodeAddress itsPrimary,
            FailoverPolicy policy,
            Secret secret) {
        return new ClusterSettings(
                origin,
                name,
                itsNodes,
                itsPatroni,
                itsPrimary,
                policy,
                database,
                user,
                secret,
                driverClass,
                connectTimeout,
                passwordGrace,
                tls);
    }

    private static List<NodeAddress> nodes(ClusterConfig config, PatroniSettings patroni) {
        String[] texts = config.nodes();
        if (texts == null || texts.length == 0) {
            if (patroni.isEmpty()) {
                throw new IllegalArgumentException(
                        "nodes: at least one is needed, as id=host:port, or the addresses of patroni, which names them");
            }
            return List.of();
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

    private static @Nullable NodeAddress primary(List<NodeAddress> nodes, String id) {
        if (id.isEmpty()) {
            return nodes.isEmpty() ? null : nodes.get(0);
        }
        return nodes.stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("primary: '" + id + "' is none of the nodes " + nodes));
    }
}
