// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** Starts and stops the embedded PostgreSQL nodes. Thread-safe; it takes turns with the faults. */
final class EmbeddedControl implements ServerControl {

    private final PostgresCluster postgres;
    private final Turns turns;
    /** By node, what was told to stop: it may go on for a while as if it was not. */
    private final Map<String, ServerProcess> told = new ConcurrentHashMap<>();

    EmbeddedControl(PostgresCluster postgres, Turns turns) {
        this.postgres = postgres;
        this.turns = turns;
    }

    /** Ends the sessions, and waits for the replicas: a fast shutdown. Nothing is killed. */
    @Override
    public void stop(String node, Duration limit) throws IOException, InterruptedException {
        with(node, server -> {
            switch (server.state()) {
                case STOPPED -> throw new IOException(node + " is not running: it can't be stopped cleanly");
                case FROZEN ->
                    throw new IOException(
                            node + " is frozen: it can't be stopped; let it go on with embedded:thaw " + node);
                case RUNNING -> stop(server, limit);
            }
            return true;
        });
    }

    private void stop(PostgresNode server, Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        told.put(server.id(), server.process());
        server.beginStop("INT");
        while (server.process().alive()) {
            if (System.nanoTime() - deadline >= 0) {
                throw server.process().failure("not stopped within " + limit.toMillis() + " ms");
            }
            BoundedWait.pause();
        }
        server.awaitStop(Duration.ZERO);
        if (!server.process().endedWell()) {
            throw server.process().failure("ended, but not cleanly");
        }
    }

    /** One that was told to stop and did not is killed first: it loses nothing by that. */
    @Override
    public void start(String node) throws IOException, InterruptedException {
        with(node, server -> {
            switch (server.state()) {
                case STOPPED -> start(server);
                case FROZEN -> throw new IOException(node + " is frozen; let it go on with embedded:thaw " + node);
                case RUNNING -> {
                    if (told.get(node) == server.process()) {
                        server.kill();
                        start(server);
                    }
                }
            }
            return true;
        });
    }

    private static void start(PostgresNode server) throws IOException, InterruptedException, PortTakenException {
        server.start();
        server.awaitReady();
    }

    @Override
    public boolean startAsStandby(String node, String primary, Duration limit)
            throws IOException, InterruptedException {
        return with(node, server -> {
            CurrentPrimary now =
                    CurrentPrimary.find(postgres.nodes(), postgres.roles().embedded());
            if (!now.node().id().equals(primary)) {
                throw new IOException("%s can't follow %s: %s is the primary"
                        .formatted(node, primary, now.node().id()));
            }
            if (server.state() != ServerNode.State.STOPPED) {
                throw new IOException(node + " is running: it can't be started as a standby");
            }
            now.requireNewest(postgres.nodes());
            if (postgres.follow(server, now, limit)) {
                return false;
            }
            postgres.rejoin(server, now.node());
            return true;
        });
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(PostgresNode server) throws Exception;
    }

    private <T> T with(String id, Work<T> work) throws IOException, InterruptedException {
        PostgresNode server = node(id);
        Callable<T> turn = () -> turns.of(id, () -> work.on(server));
        try {
            return turns.inside(turn);
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (PortTakenException e) {
            throw new IOException(
                    "%s needs its port %d, and another process has taken it".formatted(e.server(), e.port()), e);
        } catch (Exception e) {
            throw new IOException(id + ": " + e.getMessage(), e);
        }
    }

    private PostgresNode node(String id) {
        List<PostgresNode> nodes = postgres.nodes();
        return nodes.stream()
                .filter(node -> node.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no server '%s'; there are: %s"
                        .formatted(id, nodes.stream().map(PostgresNode::id).toList())));
    }
}
