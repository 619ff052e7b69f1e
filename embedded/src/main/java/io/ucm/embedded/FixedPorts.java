// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The ports that {@code ucm.embedded.port} gives to some of the servers. Thread-safe. */
final class FixedPorts extends FreePorts {

    private final int property;
    private final int first;
    private final List<String> servers;

    /** The first server's port is that many beyond the property's. */
    FixedPorts(int property, int beyond, List<String> servers) {
        this.property = property;
        this.first = property + beyond;
        this.servers = List.copyOf(servers);
    }

    /** Makes the attempt once; throws, with the way out, if a port is taken. */
    @Override
    void use(int count, Attempt attempt) throws Exception {
        List<Integer> ports = take(count);
        try {
            attempt.on(ports);
        } catch (PortTakenException e) {
            throw taken(e.server(), e.port());
        }
    }

    @Override
    List<Integer> take(int count) throws IOException {
        List<Integer> ports = IntStream.range(first, first + count).boxed().toList();
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int port : ports) {
                int before = held.size();
                tryToHold(port, held);
                if (held.size() == before) {
                    throw taken(servers.get(before), port);
                }
            }
            return ports;
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private ServerFailedException taken(String server, int port) {
        return new ServerFailedException(
                "embedded: port " + port + " of 127.0.0.1 is taken, and " + server
                        + " needs it, because ucm.embedded.port="
                        + property + " gives n1, n2, n3 and redis the ports " + property + " to "
                        + (property + EmbeddedSettings.SERVERS - 1)
                        + "; end who listens there, set another ucm.embedded.port, or leave it out for any free ports",
                null);
    }
}
