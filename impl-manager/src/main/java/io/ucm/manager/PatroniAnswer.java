// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.ucm.spi.NodeAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Patroni says of its cluster.
 *
 * @param members those whose PostgreSQL has an address, by name
 * @param leader the one that holds the leader key; null while nobody does
 */
record PatroniAnswer(List<NodeAddress> members, @Nullable NodeAddress leader) {

    /** Reads the answer to {@code GET /cluster}; throws when it is none. */
    static PatroniAnswer parse(String json) throws IOException {
        try {
            List<NodeAddress> members = new ArrayList<>();
            NodeAddress leader = null;
            for (JsonElement element :
                    JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("members")) {
                JsonObject member = element.getAsJsonObject();
                if (member.has("host")) {
                    NodeAddress address = address(member);
                    members.add(address);
                    leader = isLeader(member) ? address : leader;
                }
            }
            if (members.isEmpty()) {
                throw new IOException("names no member with an address");
            }
            members.sort(Comparator.comparing(NodeAddress::id));
            return new PatroniAnswer(List.copyOf(members), leader);
        } catch (JsonParseException | IllegalStateException | NullPointerException | ClassCastException e) {
            throw new IOException("did not answer as Patroni does; check that it is the address of its REST API", e);
        }
    }

    private static NodeAddress address(JsonObject member) throws IOException {
        String name = member.get("name").getAsString();
        String host = member.get("host").getAsString();
        String port = member.has("port") ? member.get("port").getAsString() : "5432";
        try {
            return NodeAddresses.parse("%s=%s:%s".formatted(name, host.contains(":") ? "[" + host + "]" : host, port));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "names the member '%s' at '%s', port %s: a name of letters, digits, '_', '.' and '-', a host and a port are needed"
                            .formatted(name, host, port),
                    e);
        }
    }

    private static boolean isLeader(JsonObject member) {
        return member.has("role") && member.get("role").getAsString().equals("leader");
    }
}
