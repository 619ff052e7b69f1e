// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Says what it hears. One thread for each connection, which ends with it. */
final class EchoServer implements AutoCloseable {

    private final ServerSocket socket;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final StringBuffer received = new StringBuffer();
    private final Thread acceptor;

    EchoServer() {
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        acceptor = start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    int connections() {
        return connections.size();
    }

    String received() {
        return received.toString();
    }

    void awaitConnections(int count) {
        await(() -> connections.size() == count);
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 10 s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    void closeAll() {
        for (Socket connection : connections) {
            try {
                connection.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                start(() -> echo(connection));
            } catch (IOException e) {
                // It was closed.
            }
        }
    }

    private void echo(Socket connection) {
        byte[] buffer = new byte[65_536];
        try (connection) {
            for (int length = connection.getInputStream().read(buffer);
                    length >= 0;
                    length = connection.getInputStream().read(buffer)) {
                if (length < 100) {
                    received.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
                }
                connection.getOutputStream().write(buffer, 0, length);
            }
        } catch (IOException e) {
            // The client has gone.
        } finally {
            connections.remove(connection);
        }
    }

    private static Thread start(Runnable run) {
        Thread thread = new Thread(run, "echo-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Nothing listens any more when it returns: until its accept ends, a closed socket still takes connections. */
    @Override
    public void close() {
        try {
            socket.close();
            acceptor.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        closeAll();
    }
}
