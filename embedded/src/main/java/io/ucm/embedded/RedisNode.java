// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** One Redis that keeps nothing on disk: it always starts empty, with the same password. */
final class RedisNode extends ServerNode {

    private static final Duration READY_LIMIT = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int ANSWER_MILLIS = 1_000;

    private final Path folder;
    private final Path program;
    private final UnprivilegedUser user;
    private final FreePorts ports;
    private final Credentials credentials = Credentials.random("default");
    private volatile int port;

    RedisNode(Path folder, Path program, UnprivilegedUser user, FreePorts ports) {
        super("redis");
        this.folder = folder;
        this.program = program;
        this.user = user;
        this.ports = ports;
    }

    @Override
    int port() {
        return port;
    }

    Credentials credentials() {
        return credentials;
    }

    /** Returns when it answers. */
    void start() throws Exception {
        Folders.delete(folder);
        user.createFolder(folder);
        ports.use(1, free -> start(free.get(0)));
    }

    /** Starts it on the port that it had; returns when it answers. */
    void restart() throws IOException, InterruptedException, PortTakenException {
        start(port);
    }

    private void start(int free) throws IOException, InterruptedException, PortTakenException {
        port = free;
        ServerProcess server = ServerProcess.start(
                "redis",
                user.command(List.of(program.toString(), "-", "--dir", folder.toString())),
                folder.resolveSibling("redis.log"),
                String.join(
                        "\n",
                        "port " + free,
                        "bind 127.0.0.1",
                        "requirepass " + credentials.password(),
                        "save \"\"",
                        "appendonly no",
                        // The command line stays what it is: the server is known by it.
                        "set-proc-title no",
                        "pidfile \"" + folder.resolve("redis.pid") + "\"",
                        ""));
        started(server);
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        while (!answers()) {
            if (!server.alive()) {
                if (server.log().contains("Failed listening on port")) {
                    throw new PortTakenException("redis", free);
                }
                throw server.failure("ended before it answered");
            }
            if (System.nanoTime() - deadline >= 0) {
                throw server.failure("no answer within " + READY_LIMIT.toSeconds() + " s");
            }
            BoundedWait.pause();
        }
    }

    private boolean answers() {
        byte[] expected = "+OK\r\n+PONG\r\n".getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream()
                    .write(("AUTH " + credentials.password() + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
            return Arrays.equals(expected, socket.getInputStream().readNBytes(expected.length));
        } catch (IOException e) {
            return false;
        }
    }

    void stop() {
        thaw();
        beginStop("TERM");
        awaitStop(PATIENCE);
    }
}
