// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds ports of 127.0.0.1 that nobody listens on. Thread-safe. They lie below the ports that systems give to outgoing
 * connections, so that a server that is away for a while finds its port again.
 */
class FreePorts {

    private static final Logger LOG = LoggerFactory.getLogger(FreePorts.class);
    private static final int LOWEST = 20_000;
    private static final int BEYOND = 32_000;
    private static final int SEARCHES = 1_000;
    private static final int ATTEMPTS = 5;

    /** What needs ports; it leaves nothing behind when one of them turns out to be taken. */
    @FunctionalInterface
    interface Attempt {
        void on(List<Integer> ports) throws Exception;
    }

    /** Makes the attempt on free ports, and up to four more on others while one of them was taken in between. */
    void use(int count, Attempt attempt) throws Exception {
        for (int i = 1; i < ATTEMPTS; i++) {
            try {
                attempt.on(take(count));
                return;
            } catch (PortTakenException e) {
                LOG.info("embedded: {}; others are tried", e.getMessage());
            }
        }
        attempt.on(take(count));
    }

    /** That many different ports, all free at the same moment. */
    List<Integer> take(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < SEARCHES && held.size() < count; i++) {
                tryToHold(ThreadLocalRandom.current().nextInt(LOWEST, BEYOND), held);
            }
            if (held.size() < count) {
                throw new IOException(SEARCHES + " searches found no " + count + " free ports of 127.0.0.1 in " + LOWEST
                        + "-" + (BEYOND - 1));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    /** Adds a socket that listens on the port, unless somebody else does. */
    static void tryToHold(int port, List<ServerSocket> held) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            held.add(socket);
        } catch (IOException taken) {
            socket.close();
        }
    }
}
