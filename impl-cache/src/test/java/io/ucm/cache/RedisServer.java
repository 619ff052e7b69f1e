// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;

/** A real Redis of its own, in a temporary folder, on a port of its own. Closing it kills it. Not thread-safe. */
final class RedisServer implements AutoCloseable {

    static final String PASSWORD = "of-the-tests";

    private final Path folder;
    private final Path program;
    private final int port;
    private Process process;

    private RedisServer(Path folder, Path program, int port) {
        this.folder = folder;
        this.program = program;
        this.port = port;
    }

    /** Returns when it answers. */
    static RedisServer start() {
        try {
            Path folder = Files.createTempDirectory("ucm-cache-test-");
            RedisServer server = new RedisServer(folder, unpacked(folder), freePort());
            server.restart();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path unpacked(Path folder) throws IOException {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Path program = folder.resolve("redis-server");
        try (InputStream binary = Objects.requireNonNull(
                RedisServer.class.getResourceAsStream("/redis-server-7.0.15-" + os + "-" + arch))) {
            Files.copy(binary, program, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!program.toFile().setExecutable(true)) {
            throw new IOException(program + " can't be made executable");
        }
        return program;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts it, empty, on the same port. */
    void restart() {
        try {
            process = new ProcessBuilder(
                            program.toString(),
                            "--port",
                            Integer.toString(port),
                            "--bind",
                            "127.0.0.1",
                            "--save",
                            "",
                            "--requirepass",
                            PASSWORD,
                            "--dir",
                            folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(() -> ask(Jedis::ping).equals("PONG"));
    }

    int port() {
        return port;
    }

    /** Over a connection for this question only. */
    <T> T ask(Function<Jedis, T> question) {
        try (Jedis jedis = new Jedis("127.0.0.1", port)) {
            jedis.auth(PASSWORD);
            return question.apply(jedis);
        }
    }

    void kill() {
        process.destroyForcibly();
        Awaitility.await().until(() -> !process.isAlive());
    }

    void freeze() {
        signal("STOP");
    }

    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
