// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Listens on the loopback address for {@code attach}, from before the container starts until it stops. Thread-safe.
 *
 * <p>Each client has threads of its own. Whoever does not prove within 5 s that it knows the token is cut off, and no more
 * than a few may try at once.
 */
final class AttachServer implements AutoCloseable {

    private static final int STRANGERS = 32;

    private final ServerSocket socket;
    private final Token token = Token.random();
    private final AttachedShells shells;
    private final Semaphore strangers = new Semaphore(STRANGERS);
    private final Set<AttachSession> sessions = ConcurrentHashMap.newKeySet();

    /** @param port 0 for any free one */
    AttachServer(int port, AttachedShells shells) throws IOException {
        this.shells = shells;
        this.socket = listen(port);
        Thread thread = new Thread(this::accept, "ucm-attach");
        thread.setDaemon(true);
        thread.start();
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return socket;
        } catch (BindException e) {
            socket.close();
            throw new IOException(
                    "--port %d: cannot listen on 127.0.0.1 (%s); choose another, or leave --port out for any free one"
                            .formatted(port, e.getMessage()),
                    e);
        }
    }

    ServerAddress address() {
        return new ServerAddress(ProcessHandle.current().pid(), socket.getLocalPort(), token);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                meet(socket.accept());
            } catch (IOException e) {
                // Closed, or the client is gone already.
            }
        }
    }

    private void meet(Socket client) throws IOException {
        if (!strangers.tryAcquire()) {
            client.close();
            return;
        }
        AttachSession session = new AttachSession(client, token, shells, strangers::release, sessions::remove);
        sessions.add(session);
        session.start();
        if (socket.isClosed()) {
            session.close();
        }
    }

    /** Cuts every client off, and returns at once. */
    @Override
    public void close() throws IOException {
        socket.close();
        sessions.forEach(AttachSession::close);
    }
}
