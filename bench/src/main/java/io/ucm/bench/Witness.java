// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sees when a server is killed: a connection that has said nothing yet, and that one of its processes listens to, breaks at that
 * moment. The order to kill it is given earlier, and takes its time on a busy machine.
 */
final class Witness implements AutoCloseable {

    private final Socket socket;
    private final CompletableFuture<Long> broken = new CompletableFuture<>();

    private Witness(Socket socket) {
        this.socket = socket;
    }

    /** Connects to the server at that port of this machine. */
    static Witness at(int port) throws IOException {
        Witness witness = new Witness(new Socket(InetAddress.getLoopbackAddress(), port));
        Thread thread = new Thread(witness::watch, "witness");
        thread.setDaemon(true);
        thread.start();
        return witness;
    }

    private void watch() {
        try {
            while (socket.getInputStream().read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            // That is what it waits for.
        }
        broken.complete(System.nanoTime());
    }

    /** The moment, in nanoseconds of this JVM's clock; blocks until then, and fails after that time. */
    long broken(Duration limit) throws InterruptedException, ExecutionException {
        try {
            return broken.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the server lived on for %d ms".formatted(limit.toMillis()), e);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
