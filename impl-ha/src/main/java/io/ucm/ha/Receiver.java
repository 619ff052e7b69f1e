// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a replica receives from, as it says itself.
 *
 * @param sender host:port
 * @param node the configured node at that address; null: none is known to be there
 * @param name the application_name that it streams under
 */
record Receiver(String status, String sender, @Nullable String node, String name) {

    private static final Pattern NAME = Pattern.compile("(?:^| )application_name=(\\S+)");
    private static final Pattern FALLBACK = Pattern.compile("(?:^| )fallback_application_name=(\\S+)");

    /** @param conninfo as pg_stat_wal_receiver shows it */
    static Receiver of(String status, String host, int port, String conninfo, List<NodeAddress> nodes) {
        return new Receiver(status, host + ":" + port, nodeAt(host, port, nodes), name(conninfo));
    }

    boolean streams() {
        return status.equals("streaming");
    }

    private static String name(String conninfo) {
        Matcher name = NAME.matcher(conninfo);
        if (name.find()) {
            return name.group(1);
        }
        Matcher fallback = FALLBACK.matcher(conninfo);
        return fallback.find() ? fallback.group(1) : "";
    }

    /** The configured node at an address; null when none is known to be there. May ask for the addresses of hosts. */
    static @Nullable String nodeAt(String host, int port, List<NodeAddress> nodes) {
        List<NodeAddress> there =
                nodes.stream().filter(node -> node.port() == port).toList();
        return there.stream()
                .filter(node -> node.host().equalsIgnoreCase(host))
                .findFirst()
                .or(() -> there.stream()
                        .filter(node -> addresses(node.host()).stream().anyMatch(addresses(host)::contains))
                        .findFirst())
                .map(NodeAddress::id)
                .orElse(null);
    }

    private static Set<InetAddress> addresses(String host) {
        try {
            return Set.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return Set.of();
        }
    }
}
