// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisDataException;

/** Commands that go out together and are answered together. For one round trip; not thread-safe. */
final class Pipeline {

    private static final String NOT_OURS = "WRONGTYPE";

    private final Connection connection;
    private final List<Consumer<@Nullable Object>> answers = new ArrayList<>();

    Pipeline(Connection connection) {
        this.connection = connection;
    }

    void send(ProtocolCommand command, byte[]... arguments) {
        send(command, answer -> {}, arguments);
    }

    void send(ProtocolCommand command, Consumer<@Nullable Object> answer, byte[]... arguments) {
        connection.sendCommand(command, arguments);
        answers.add(answer);
    }

    /**
     * Passes each answer on, or throws before it passes any: if the connection fails, or if Redis refuses a command (it may
     * be out of memory, loading, or a replica). That somebody else's list is under our name is an answer like any other.
     */
    void run() {
        List<Object> all = connection.getMany(answers.size());
        for (Object answer : all) {
            if (answer instanceof JedisDataException refused
                    && !String.valueOf(refused.getMessage()).startsWith(NOT_OURS)) {
                throw refused;
            }
        }
        for (int i = 0; i < all.size(); i++) {
            answers.get(i).accept(all.get(i));
        }
    }
}
