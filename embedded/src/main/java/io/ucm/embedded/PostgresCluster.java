// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes {@code n1}, {@code n2} and {@code n3}: a primary, at first {@code n1}, and its replicas. Created and started
 * by one thread, after which each node may be rejoined by one thread at a time; any thread may stop them, at any time
 * and as often as it likes.
 *
 * <p>In a folder that is kept, the primary is the node that is no replica; of several, the one that knows the highest
 * timeline, because a promotion adds one.
 */
final class PostgresCluster {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);

    static final List<String> IDS = List.of("n1", "n2", "n3");

    private static final Duration PRIMARY_PATIENCE = Duration.ofSeconds(2);
    private static final Duration REPLICA_PATIENCE = Duration.ofSeconds(1);
    private static final Duration KEPT_PATIENCE = Duration.ofSeconds(20);
    /** For a replica of an earlier run to stream again; one that can't for longer is copied anew. */
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(5);
    /** For a checkpoint of the primary. */
    private static final Duration COPY_ANSWER = Duration.ofSeconds(60);

    private static final Duration QUORUM_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final PostgresPrograms programs;
    private final ClusterRoles roles;
    private final FreePorts ports;
    private final boolean kept;
    private volatile List<PostgresNode> nodes = List.of();

    PostgresCluster(Path folder, PostgresPrograms programs, ClusterRoles roles, FreePorts ports, boolean kept) {
        this.folder = folder;
        this.programs = programs;
        this.roles = roles;
        this.ports = ports;
        this.kept = kept;
    }

    ClusterRoles roles() {
        return roles;
    }

    /** In the order of their ids. */
    List<PostgresNode> nodes() {
        return nodes;
    }

    /** Makes the three data folders. */
    void create() throws Exception {
        Path primary = folder.resolve("n1");
        ClusterTemplate.create(primary, programs, roles);
        Step.of(
                "n1",
                "copied to n2 and n3",
                () -> Parallel.run("copy", () -> copy(primary, "n2"), () -> copy(primary, "n3")));
        if (kept) {
            Step.of("n1, n2 and n3", "written to disk", () -> {
                for (String id : IDS) {
                    sync(folder.resolve(id));
                }
            });
        }
    }

    private void copy(Path primary, String id) throws IOException {
        Path copy = folder.resolve(id);
        Folders.copy(primary, copy);
        programs.user().own(Files.createFile(copy.resolve("standby.signal")));
    }

    private void sync(Path data) throws IOException, InterruptedException {
        ServerProcess.run(
                "initdb --sync-only",
                programs.command("initdb", "--sync-only", "--pgdata=" + data),
                folder.resolve("sync.log"),
                null);
    }

    /** Returns when all accept connections, both replicas stream, and a synchronous commit finds its quorum. */
    void start() {
        Step.of("n1, n2 and n3", "started", () -> ports.use(IDS.size(), this::start));
    }

    private void start(List<Integer> free) throws IOException, InterruptedException, PortTakenException, SQLException {
        List<PostgresNode> all = new ArrayList<>();
        for (String id : IDS) {
            all.add(new PostgresNode(id, folder.resolve(id), free.get(all.size()), programs));
        }
        nodes = List.copyOf(all);
        PostgresNode primary = lastPrimary();
        List<PostgresNode> followers = nodes.stream()
                .filter(node -> node.folder().made() && node.folder().replica())
                .toList();
        try {
            primary.configure();
            primary.start();
            for (PostgresNode replica : followers) {
                replica.follow(primary, roles.replication().user());
                replica.start();
            }
            primary.awaitReady();
            for (PostgresNode node : nodes) {
                if (node != primary && !(followers.contains(node) && streams(node))) {
                    LOG.info("embedded: {} can't follow {} and is copied anew", node.id(), primary.id());
                    rejoin(node, primary);
                }
            }
            primary.awaitQuorum();
        } catch (PortTakenException e) {
            stop();
            throw e;
        }
    }

    private PostgresNode lastPrimary() throws IOException {
        List<PostgresNode> candidates = new ArrayList<>();
        int highest = 0;
        for (PostgresNode node : nodes) {
            if (node.folder().made() && !node.folder().replica()) {
                int timeline = node.folder().timeline();
                if (timeline > highest) {
                    candidates.clear();
                    highest = timeline;
                }
                if (timeline == highest) {
                    candidates.add(node);
                }
            }
        }
        if (candidates.size() != 1) {
            throw new ServerFailedException(
                    "embedded: " + folder + " doesn't tell which node was the primary: "
                            + (candidates.isEmpty()
                                    ? "all that are there have a standby.signal"
                                    : candidates.stream().map(PostgresNode::id).toList() + " all were on timeline "
                                            + highest)
                            + "; remove the folders of the nodes whose data is not to be kept, and the standby.signal"
                            + " of the one whose data is",
                    null);
        }
        if (highest > 1) {
            LOG.info(
                    "embedded: {} is the primary, on timeline {}",
                    candidates.get(0).id(),
                    highest);
        }
        return candidates.get(0);
    }

    private boolean streams(PostgresNode replica) throws IOException, InterruptedException, PortTakenException {
        if (!kept) {
            replica.awaitReady();
            replica.awaitStreaming();
            return true;
        }
        return replica.streams(FOLLOW_LIMIT);
    }

    /**
     * Ends what runs on the node, and brings it back as a replica of that primary by a fresh copy, on the same port;
     * returns when it streams and a commit may wait for it. The old data stays until the copy is whole.
     */
    void rejoin(PostgresNode node, PostgresNode primary)
            throws IOException, InterruptedException, PortTakenException, SQLException {
        Path copy = folder.resolve(node.id() + ".new");
        Path data = node.folder().path();
        Folders.delete(copy);
        node.kill();
        try (NodeSession session = NodeSession.open(primary, roles.embedded(), COPY_ANSWER)) {
            HotCopy.copy(session, primary.folder().path(), copy);
            node.follow(copy, primary, roles.replication().user());
            if (kept) {
                sync(copy);
            }
            Folders.delete(data);
            Files.move(copy, data, StandardCopyOption.ATOMIC_MOVE);
            node.start();
            node.awaitReady();
            node.awaitStreaming();
            awaitQuorumOf(node, session);
        } finally {
            Folders.delete(copy);
        }
    }

    /**
     * Starts a stopped node as a replica of that primary, on the data that it has; returns when it streams and a commit
     * may wait for it, or false when it can't follow within the limit. One that has more than the primary's history
     * streams for a moment, too, but not on the primary's timeline.
     */
    boolean follow(PostgresNode node, CurrentPrimary primary, Duration limit)
            throws IOException, InterruptedException, SQLException {
        long deadline = System.nanoTime() + limit.toNanos();
        node.follow(primary.node(), roles.replication().user());
        node.start();
        while (!primary.isFollowedOnItsTimeline(node, roles.embedded())) {
            if (node.unableToFollow() || System.nanoTime() - deadline >= 0) {
                return false;
            }
            BoundedWait.pause();
        }
        try (NodeSession session = NodeSession.open(primary.node(), roles.embedded(), COPY_ANSWER)) {
            awaitQuorumOf(node, session);
        }
        return true;
    }

    private static void awaitQuorumOf(PostgresNode replica, NodeSession primary)
            throws IOException, InterruptedException, SQLException {
        long deadline = System.nanoTime() + QUORUM_LIMIT.toNanos();
        while (!primary.ask("select state || ' ' || sync_state from pg_stat_replication where application_name = '"
                        + replica.id() + "'")
                .equals("streaming quorum")) {
            if (System.nanoTime() - deadline >= 0) {
                throw replica.process()
                        .failure("streams, but is no synchronous standby within " + QUORUM_LIMIT.toSeconds() + " s");
            }
            BoundedWait.pause();
        }
    }

    /**
     * Whoever is no replica goes first, so that the replicas get its last word; for that none of them may be frozen.
     */
    void stop() {
        List<PostgresNode> all = nodes;
        all.forEach(PostgresNode::thaw);
        Map<Boolean, List<PostgresNode>> byReplica = all.stream()
                .collect(Collectors.partitioningBy(node -> node.folder().replica()));
        stop(byReplica.get(false), kept ? KEPT_PATIENCE : PRIMARY_PATIENCE);
        stop(byReplica.get(true), kept ? KEPT_PATIENCE : REPLICA_PATIENCE);
    }

    private static void stop(List<PostgresNode> some, Duration patience) {
        some.forEach(node -> node.beginStop("INT"));
        some.forEach(node -> node.awaitStop(patience));
    }
}
