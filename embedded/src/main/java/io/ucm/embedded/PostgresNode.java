// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One PostgreSQL server on its data folder. Its log is beside the folder, and holds what it said since the last start. */
final class PostgresNode extends ServerNode {

    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final int STATUS_LINE = 7;
    private static final String STREAMING = "started streaming WAL from primary";
    private static final List<String> UNABLE_TO_FOLLOW = List.of(
            "has already been removed",
            "is not a child of this server's history",
            "forked off current database system timeline",
            "is not in this server's history",
            "is ahead of the WAL flush position");

    private final Path folder;
    private final int port;
    private final PostgresPrograms programs;

    PostgresNode(String id, Path folder, int port, PostgresPrograms programs) {
        super(id);
        this.folder = folder;
        this.port = port;
        this.programs = programs;
    }

    @Override
    int port() {
        return port;
    }

    NodeFolder folder() {
        return new NodeFolder(folder);
    }

    /** Writes the configuration of a primary; what ALTER SYSTEM set in an earlier run is forgotten. */
    void configure() throws IOException {
        configure(folder, "");
    }

    /** Writes the configuration of a replica that streams from that node. */
    void follow(PostgresNode primary, String replicationUser) throws IOException {
        follow(folder, primary, replicationUser);
    }

    /** The same for a data folder that is to become this node's. */
    void follow(Path copy, PostgresNode primary, String replicationUser) throws IOException {
        Path signal = copy.resolve("standby.signal");
        if (Files.notExists(signal)) {
            programs.user().own(Files.createFile(signal));
        }
        configure(
                copy,
                "primary_conninfo = 'host=127.0.0.1 port=" + primary.port + " user=" + replicationUser + " passfile="
                        + ClusterTemplate.REPLICATION_PASSWORD_FILE + " sslmode=disable gssencmode=disable"
                        + " application_name=" + id() + "'\n");
    }

    private void configure(Path copy, String automatic) throws IOException {
        Files.writeString(
                copy.resolve("postgresql.conf"),
                Resources.text("postgresql.conf") + "\nport = " + port + "\ncluster_name = '" + id() + "'\n");
        Files.writeString(copy.resolve("postgresql.auto.conf"), automatic);
    }

    /** Starts the server and returns at once. Nobody else uses the folder, whatever a dead server's file says. */
    void start() throws IOException {
        Files.deleteIfExists(folder.resolve("postmaster.pid"));
        started(ServerProcess.start(
                id(),
                programs.command("postgres", "-D", folder.toString()),
                folder.resolveSibling(id() + ".log"),
                null));
    }

    /** Waits until it accepts connections. */
    void awaitReady() throws IOException, InterruptedException, PortTakenException {
        await("ready", () -> isReady());
    }

    private boolean isReady() throws IOException {
        Path file = folder.resolve("postmaster.pid");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        return lines.size() > STATUS_LINE
                && lines.get(0).equals(Long.toString(process().pid()))
                && lines.get(STATUS_LINE).trim().equals("ready");
    }

    /** Waits until this replica's stream from the primary has begun. */
    void awaitStreaming() throws IOException, InterruptedException, PortTakenException {
        await("streaming", () -> process().log().contains(STREAMING));
    }

    /**
     * Waits until this replica's stream has begun; false if it can't follow, because it knows a history that the
     * primary doesn't, needs WAL that is gone, or doesn't start.
     */
    boolean streams(Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (process().alive() && System.nanoTime() - deadline < 0) {
            String log = process().log();
            if (log.contains(STREAMING)) {
                return true;
            }
            if (unableToFollow()) {
                return false;
            }
            BoundedWait.pause();
        }
        return false;
    }

    /** Whether it has ended, or said that it can't follow. */
    boolean unableToFollow() throws IOException {
        String log = process().log();
        return !process().alive() || UNABLE_TO_FOLLOW.stream().anyMatch(log::contains);
    }

    /**
     * Waits until this primary has seen a replica stream and confirm what it flushed, so that synchronous commits
     * return. It says so of each replica, but of one that had nothing to catch up with only half of
     * {@code wal_receiver_timeout} later.
     */
    void awaitQuorum() throws IOException, InterruptedException, PortTakenException {
        await("synchronous", () -> process().log().contains("is now a candidate for quorum synchronous standby"));
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String state, Condition condition) throws IOException, InterruptedException, PortTakenException {
        ServerProcess server = process();
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        while (!condition.holds()) {
            if (!server.alive()) {
                if (server.log().contains("Address already in use")) {
                    throw new PortTakenException(id(), port);
                }
                throw server.failure("ended before it was " + state);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw server.failure("not " + state + " within " + READY_LIMIT.toSeconds() + " s");
            }
            BoundedWait.pause();
        }
    }

    @Override
    void ended() {
        SharedSegment.remove(folder);
    }
}
