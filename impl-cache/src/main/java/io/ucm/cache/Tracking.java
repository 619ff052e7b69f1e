// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol.Command;

/**
 * The connection on which Redis says what others changed. A thread of its own reads it until it fails: by then nothing is
 * heard any more, so what came before must be dropped. Redis has to answer {@link #ping}, or it fails by the silence.
 */
final class Tracking {

    private static final String CHANNEL = "__redis__:invalidate";
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);
    private static final int MESSAGE_PARTS = 3;

    /** Called on the reading thread. */
    interface Listener {

        /** That entry was changed by somebody else. */
        void changed(byte[] name);

        /** Everything was removed. */
        void emptied();

        /** Nothing is heard any more. */
        void silent(Throwable failure);
    }

    /** Jedis keeps what writes without reading to its subclasses. */
    private static final class Subscriber extends Connection {

        Subscriber(JedisSocketFactory sockets, JedisClientConfig config) {
            super(sockets, config);
        }

        void sendPing() {
            sendCommand(Command.PING);
            flush();
        }
    }

    private final Subscriber connection;
    private final Listener listener;
    private final long id;

    /** Subscribes in the calling thread. Who made the sockets closes them. */
    Tracking(JedisSocketFactory sockets, JedisClientConfig config, Listener listener) {
        this.connection = new Subscriber(sockets, config);
        this.listener = listener;
        connection.sendCommand(Command.CLIENT, "ID");
        this.id = Objects.requireNonNull(connection.getIntegerReply());
        connection.sendCommand(Command.SUBSCRIBE, CHANNEL);
        connection.getOne();
    }

    /** What {@code CLIENT TRACKING} redirects to. */
    long id() {
        return id;
    }

    /** @param silence how long nothing may come, in ms */
    void start(String threadName, int silence) {
        connection.setSoTimeout(silence);
        Thread thread = new Thread(this::listen, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Has Redis say something; one thread at a time may do so. */
    void ping() {
        connection.sendPing();
    }

    private void listen() {
        try {
            while (true) {
                heard(connection.getUnflushedObject());
            }
        } catch (RuntimeException | Error e) {
            listener.silent(e);
        }
    }

    private void heard(@Nullable Object message) {
        if (message instanceof List<?> parts
                && parts.size() == MESSAGE_PARTS
                && parts.get(0) instanceof byte[] kind
                && Arrays.equals(kind, MESSAGE)) {
            if (parts.get(2) instanceof List<?> names) {
                names.forEach(name -> listener.changed((byte[]) name));
            } else {
                listener.emptied();
            }
        }
    }
}
