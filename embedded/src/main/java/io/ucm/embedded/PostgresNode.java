// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server on its data folder. Started by one thread, after which any thread may stop it. Its log is
 * beside the folder, and holds what it said since the last start.
 */
final class PostgresNode {

    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final int STATUS_LINE = 7;

    private final String id;
    private final Path folder;
    private final int port;
    private final PostgresPrograms programs;
    private volatile @Nullable ServerProcess process;

    PostgresNode(String id, Path folder, int port, PostgresPrograms programs) {
        this.id = id;
        this.folder = folder;
        this.port = port;
        this.programs = programs;
    }

    String id() {
        return id;
    }

    int port() {
        return port;
    }

    /** Writes the configuration of a primary. */
    void configure() throws IOException {
        Files.writeString(
                folder.resolve("postgresql.conf"),
                Resources.text("postgresql.conf") + "\nport = " + port + "\ncluster_name = '" + id + "'\n");
    }

    /** Writes the configuration of a replica that streams from that node. */
    void configure(PostgresNode primary, String replicationUser) throws IOException {
        configure();
        Files.writeString(
                folder.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + primary.port + " user=" + replicationUser + " passfile="
                        + ClusterTemplate.REPLICATION_PASSWORD_FILE + " sslmode=disable gssencmode=disable"
                        + " application_name=" + id + "'\n");
        Path signal = folder.resolve("standby.signal");
        if (Files.notExists(signal)) {
            programs.user().own(Files.createFile(signal));
        }
    }

    /** Starts the server and returns at once. */
    void start() throws IOException {
        process = ServerProcess.start(
                id, programs.command("postgres", "-D", folder.toString()), folder.resolveSibling(id + ".log"), null);
    }

    /** Waits until it accepts connections. */
    void awaitReady() throws IOException, InterruptedException, PortTakenException {
        await("ready", () -> {
            Path file = folder.resolve("postmaster.pid");
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.size() > STATUS_LINE
                    && lines.get(0).equals(Long.toString(started().pid()))
                    && lines.get(STATUS_LINE).trim().equals("ready");
        });
    }

    /** Waits until this replica's stream from the primary has begun. */
    void awaitStreaming() throws IOException, InterruptedException, PortTakenException {
        await("streaming", () -> started().log().contains("started streaming WAL from primary"));
    }

    /**
     * Waits until this primary has seen a replica stream and confirm what it flushed, so that synchronous commits
     * return. It says so of each replica, but of one that had nothing to catch up with only half of
     * {@code wal_receiver_timeout} later.
     */
    void awaitQuorum() throws IOException, InterruptedException, PortTakenException {
        await("synchronous", () -> started().log().contains("is now a candidate for quorum synchronous standby"));
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String state, Condition condition) throws IOException, InterruptedException, PortTakenException {
        ServerProcess server = started();
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        while (!condition.holds()) {
            if (!server.alive()) {
                if (server.log().contains("Address already in use")) {
                    throw new PortTakenException(id, port);
                }
                throw server.failure("ended before it was " + state);
            }
            if (System.nanoTime() - deadline >= 0) {
                throw server.failure("not " + state + " within " + READY_LIMIT.toSeconds() + " s");
            }
            BoundedWait.pause();
        }
    }

    private ServerProcess started() {
        ServerProcess server = process;
        if (server == null) {
            throw new IllegalStateException(id + " was not started");
        }
        return server;
    }

    /** Lets its processes go on, should they be frozen. */
    void thaw() {
        ServerProcess server = process;
        if (server != null) {
            server.thaw();
        }
    }

    /** Begins a fast shutdown, if it runs: no client is waited for. */
    void beginStop() {
        ServerProcess server = process;
        if (server != null) {
            server.signal("INT");
        }
    }

    /**
     * Returns when neither the server nor a child of it runs any more; past the patience they are killed, and leave a
     * small segment in the kernel's shared memory.
     */
    void awaitStop(Duration patience) {
        ServerProcess server = process;
        if (server != null) {
            server.awaitEnd(patience);
        }
    }
}
