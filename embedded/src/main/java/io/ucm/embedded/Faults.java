// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Faults made on purpose, and the way back from them. Thread-safe; what is done to one node takes turns. The
 * threads are the callers'.
 */
final class Faults {

    private static final String PRIMARY = "primary";

    private final PostgresCluster postgres;
    private final RedisNode redis;
    private final Room room;
    private final Path data;
    private final Turns turns;

    Faults(PostgresCluster postgres, RedisNode redis, Room room, Path data, Turns turns) {
        this.turns = turns;
        this.room = room;
        this.data = data;
        this.postgres = postgres;
        this.redis = redis;
    }

    /** Kills the server and all its children. */
    NodeReport kill(String name) throws Exception {
        return with(name, node -> {
            if (node.state() == ServerNode.State.STOPPED) {
                return notRunning(node);
            }
            node.kill();
            return report(node, true, " is killed; bring it back with embedded:rejoin " + node.id());
        });
    }

    /** Stops the server and all its children, as a host that hangs. */
    NodeReport freeze(String name) throws Exception {
        return with(name, node -> switch (node.state()) {
            case STOPPED -> notRunning(node);
            case FROZEN -> report(node, false, " is frozen already; let it go on with embedded:thaw " + node.id());
            case RUNNING -> {
                node.freeze();
                yield report(node, true, " is frozen; let it go on with embedded:thaw " + node.id());
            }
        });
    }

    /** Lets a frozen server go on. */
    NodeReport thaw(String name) throws Exception {
        return with(name, node -> switch (node.state()) {
            case STOPPED -> notRunning(node);
            case RUNNING -> report(node, false, " is not frozen");
            case FROZEN -> {
                node.thaw();
                yield report(node, true, " goes on");
            }
        });
    }

    /** Brings a node back as a replica of the current primary, or Redis empty. */
    NodeReport rejoin(String name) throws Exception {
        return with(name, node -> node instanceof PostgresNode replica ? rejoin(replica) : restart());
    }

    private NodeReport restart() throws Exception {
        if (redis.state() == ServerNode.State.RUNNING) {
            return report(redis, false, " is running");
        }
        redis.kill();
        try {
            redis.restart();
        } catch (PortTakenException e) {
            throw portTaken(e);
        }
        return report(redis, true, " is back, and empty");
    }

    private NodeReport rejoin(PostgresNode node) throws Exception {
        Credentials role = postgres.roles().embedded();
        CurrentPrimary primary = CurrentPrimary.find(postgres.nodes(), role);
        if (primary.node() == node) {
            throw new IllegalStateException(node.id() + " is the primary; only another node can be rejoined to it");
        }
        primary.requireNewest(postgres.nodes());
        if (primary.isFollowedBy(node, role)) {
            return report(node, false, " is a replica of " + primary.node().id() + " and streams");
        }
        try {
            postgres.rejoin(node, primary.node());
        } catch (PortTakenException e) {
            throw portTaken(e);
        } catch (IOException | SQLException e) {
            throw room.explain(e, data, Room.KEPT_BYTES);
        }
        return report(node, true, " is back as a replica of " + primary.node().id() + ", from a fresh copy");
    }

    private static IllegalStateException portTaken(PortTakenException e) {
        return new IllegalStateException(
                "%s needs its port %d, and another process has taken it; end that and try again"
                        .formatted(e.server(), e.port()),
                e);
    }

    private static NodeReport notRunning(ServerNode node) {
        return report(node, false, " is not running; bring it back with embedded:rejoin " + node.id());
    }

    private static NodeReport report(ServerNode node, boolean changed, String message) {
        return new NodeReport(node.id(), node.state().name(), changed, node.id() + message);
    }

    @FunctionalInterface
    private interface Work {
        NodeReport on(ServerNode node) throws Exception;
    }

    private NodeReport with(String name, Work work) throws Exception {
        return turns.inside(() -> {
            ServerNode node = node(name);
            return turns.of(node.id(), () -> work.on(node));
        });
    }

    private ServerNode node(String name) throws Exception {
        if (name.equals(PRIMARY)) {
            return CurrentPrimary.find(postgres.nodes(), postgres.roles().embedded())
                    .node();
        }
        Map<String, ServerNode> nodes = new LinkedHashMap<>();
        postgres.nodes().forEach(node -> nodes.put(node.id(), node));
        nodes.put(redis.id(), redis);
        ServerNode node = nodes.get(name);
        if (node == null) {
            List<String> allowed = new ArrayList<>(nodes.keySet());
            allowed.add(PRIMARY);
            throw new IllegalArgumentException("unknown NODE '" + name + "'; allowed: " + String.join(", ", allowed));
        }
        return node;
    }
}
