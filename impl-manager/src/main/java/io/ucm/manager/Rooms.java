// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What the nodes of one cluster have left, for all its managers together. Thread-safe. */
final class Rooms {

    private final Map<NodeAddress, ServerRoom> rooms = new ConcurrentHashMap<>();

    ServerRoom of(NodeAddress node) {
        return rooms.computeIfAbsent(node, address -> new ServerRoom());
    }
}
