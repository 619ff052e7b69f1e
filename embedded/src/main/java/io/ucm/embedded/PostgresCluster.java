// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The primary {@code n1} and the replicas {@code n2} and {@code n3}. Created and started by one thread, after which any
 * thread may stop it; stopping is possible at any time and as often as one likes.
 */
final class PostgresCluster {

    private static final Duration PRIMARY_PATIENCE = Duration.ofSeconds(2);
    private static final Duration REPLICA_PATIENCE = Duration.ofSeconds(1);

    private final Path folder;
    private final PostgresPrograms programs;
    private final ClusterRoles roles;
    private final FreePorts ports;
    private volatile List<PostgresNode> nodes = List.of();

    PostgresCluster(Path folder, PostgresPrograms programs, ClusterRoles roles, FreePorts ports) {
        this.folder = folder;
        this.programs = programs;
        this.roles = roles;
        this.ports = ports;
    }

    ClusterRoles roles() {
        return roles;
    }

    /** The primary first. */
    List<PostgresNode> nodes() {
        return nodes;
    }

    /** Makes the three data folders. */
    void create() throws IOException, InterruptedException {
        Path primary = folder.resolve("n1");
        ClusterTemplate.create(primary, programs, roles);
        Step.of(
                "n1",
                "copied to n2 and n3",
                () -> Parallel.run(
                        "copy",
                        () -> Folders.copy(primary, folder.resolve("n2")),
                        () -> Folders.copy(primary, folder.resolve("n3"))));
    }

    /** Returns when all accept connections, both replicas stream, and a synchronous commit finds its quorum. */
    void start() {
        Step.of("n1, n2 and n3", "started", () -> ports.use(3, this::start));
    }

    private void start(List<Integer> free) throws IOException, InterruptedException, PortTakenException {
        PostgresNode primary = node("n1", free.get(0));
        List<PostgresNode> replicas = List.of(node("n2", free.get(1)), node("n3", free.get(2)));
        nodes = List.of(primary, replicas.get(0), replicas.get(1));
        try {
            primary.configure();
            for (PostgresNode replica : replicas) {
                replica.configure(primary, roles.replication().user());
            }
            for (PostgresNode node : nodes) {
                node.start();
            }
            for (PostgresNode node : nodes) {
                node.awaitReady();
            }
            for (PostgresNode replica : replicas) {
                replica.awaitStreaming();
            }
            primary.awaitQuorum();
        } catch (PortTakenException e) {
            stop();
            throw e;
        }
    }

    private PostgresNode node(String id, int port) {
        return new PostgresNode(id, folder.resolve(id), port, programs);
    }

    /** The primary goes first, so that the replicas get its last word; for that none of them may be frozen. */
    void stop() {
        List<PostgresNode> all = nodes;
        if (all.isEmpty()) {
            return;
        }
        all.forEach(PostgresNode::thaw);
        all.get(0).beginStop();
        all.get(0).awaitStop(PRIMARY_PATIENCE);
        List<PostgresNode> replicas = all.subList(1, all.size());
        replicas.forEach(PostgresNode::beginStop);
        replicas.forEach(replica -> replica.awaitStop(REPLICA_PATIENCE));
    }
}
