// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Redis of its own for tests that share one between containers, on a port of 127.0.0.1. Not thread-safe. {@link #close}
 * leaves neither a process nor a file.
 */
public final class SeparateRedis implements AutoCloseable {

    private static final long LIMIT_SECONDS = 30;

    private final Path folder;
    private final String password = UUID.randomUUID().toString();
    private final int port;
    private final Process server;

    private SeparateRedis(Path folder) throws IOException {
        this.folder = folder;
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = free.getLocalPort();
        }
        Path program = new PackagedBinaries(Platform.current())
                .redisServer(new BinaryCache(List.of(folder.resolve("binaries"))));
        Path configuration = folder.resolve("redis.conf");
        Files.writeString(
                configuration,
                "port %d%nbind 127.0.0.1%nrequirepass %s%nsave \"\"%nappendonly no%ndir %s%n"
                        .formatted(port, password, folder));
        this.server = new ProcessBuilder(program.toString(), configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("redis.log").toFile())
                .start();
    }

    public static SeparateRedis start() throws IOException {
        return new SeparateRedis(Files.createTempDirectory("ucm-redis-"));
    }

    public int port() {
        return port;
    }

    public String password() {
        return password;
    }

    /** SIGSTOP: it does not answer, and its connections stay. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, String.valueOf(server.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + ": " + code);
        }
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly();
        try {
            server.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
