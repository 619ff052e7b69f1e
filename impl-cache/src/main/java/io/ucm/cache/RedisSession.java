// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import io.ucm.cache.Request.Fill;
import io.ucm.cache.Request.Found;
import io.ucm.cache.Request.Invalidate;
import io.ucm.cache.Request.Put;
import io.ucm.cache.Request.Read;
import io.ucm.cache.Request.RemoteLease;
import io.ucm.spi.CacheKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * One life of the two connections of a cluster: one for all commands, one on which Redis says what others changed. When
 * either fails both are over, for good. Used by one thread; {@link #close} by any.
 *
 * <p>All writes of the process go over the one connection, because {@code NOLOOP} knows a process's own writes by their
 * connection; and no script writes, because it doesn't know those at all.
 *
 * <p>An entry is there only if it bears the cluster's generation, a random id under a key of its own: a new one empties
 * all. A fill is accepted only if the entry is what the lease saw, which {@code WATCH} checks at the very moment of the
 * write, and only for as long as a tombstone lives: one that came after the lease is still there then.
 */
final class RedisSession implements AutoCloseable {

    /** How often Redis has to say something on each connection. */
    static final int BEAT_MILLIS = 250;

    private static final byte[] ONLY_NEW = ascii("NX");
    private static final byte[] FOR_MILLIS = ascii("PX");
    private static final byte[] UNTIL_MILLIS = ascii("PXAT");
    private static final byte[] FIRST = number(0);
    private static final byte[] LAST_OF_MARK = number(Envelope.MARK_BYTES - 1);

    private final RedisSettings settings;
    private final Keys keys;
    private final NearCaches near;
    private final Ticker ticker;
    private final Consumer<RedisSession> silent;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    /** Why it is over; null: it is not. */
    private volatile @Nullable String over;

    private @Nullable Tracking tracking;
    private @Nullable Connection commands;

    private byte[] generation = Envelope.id();
    /** The server's clock, and the ticker when it was read. */
    private long serverMillis;

    private long readAt;
    private long beatAt;
    private boolean watching;

    /** @param silent is told on another thread when nothing is heard any more */
    RedisSession(RedisSettings settings, Keys keys, NearCaches near, Ticker ticker, Consumer<RedisSession> silent) {
        this.settings = settings;
        this.keys = keys;
        this.near = near;
        this.ticker = ticker;
        this.silent = silent;
    }

    /** From its return on, what others change drops out of the near caches. */
    void connect(String threadName) {
        beatAt = ticker.nanos();
        try {
            tracking = new Tracking(this::socket, config(), new Listener());
            commands = new Connection(this::socket, config());
            Pipeline pipeline = new Pipeline(commands);
            pipeline.send(
                    Command.CLIENT,
                    ascii("TRACKING"),
                    ascii("ON"),
                    ascii("REDIRECT"),
                    number(tracking.id()),
                    ascii("BCAST"),
                    ascii("NOLOOP"),
                    ascii("PREFIX"),
                    keys.prefix());
            pipeline.run();
            tracking.start(
                    threadName, 2 * BEAT_MILLIS + millis(settings.timeout().toMillis()));
            ask(List.of());
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    /** Why it is over; null: it is not. */
    @Nullable
    String over() {
        return over;
    }

    /**
     * Answers every request but those fills that are accepted: they are returned, for {@link #store}. Throws when it is
     * over; then it has answered none.
     */
    List<Fill> ask(List<Request> requests) {
        try {
            beat();
            return exchange(requests);
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    /** Stores what was accepted, all or nothing, and answers it. Throws when it is over; then it has answered none. */
    void store(List<Fill> accepted) {
        if (!watching) {
            return;
        }
        try {
            watching = false;
            Pipeline pipeline = new Pipeline(commands());
            if (accepted.isEmpty()) {
                pipeline.send(Command.UNWATCH);
            } else {
                pipeline.send(Command.MULTI);
                for (Fill fill : accepted) {
                    set(pipeline, fill.key(), fill.lease().generation(), fill.value(), fill.millis());
                }
                pipeline.send(
                        Command.EXEC,
                        done -> accepted.forEach(fill -> fill.answer().accept(done != null)));
            }
            pipeline.run();
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    private void beat() {
        long now = ticker.nanos();
        if (now - beatAt >= TimeUnit.MILLISECONDS.toNanos(BEAT_MILLIS)) {
            Objects.requireNonNull(tracking).ping();
            beatAt = now;
        }
    }

    private List<Fill> exchange(List<Request> requests) {
        long asked = ticker.nanos();
        Pipeline pipeline = new Pipeline(commands());
        pipeline.send(Command.SET, keys.generation(), Envelope.id(), ONLY_NEW);
        pipeline.send(
                Command.GET,
                answer -> generation = answer instanceof byte[] found ? found : Envelope.id(),
                keys.generation());
        pipeline.send(Command.TIME, answer -> setClock(millis(answer), asked));
        List<Fill> same = new ArrayList<>();
        for (Request request : requests) {
            if (request instanceof Read read) {
                read(pipeline, read, asked);
            } else if (request instanceof Fill fill) {
                watch(pipeline, fill, same);
            } else if (request instanceof Put put) {
                set(pipeline, put.key(), generation, put.value(), put.millis());
            } else if (request instanceof Invalidate invalidate) {
                invalidate(pipeline, invalidate);
            }
        }
        // Not before the marks were read: a tombstone that is gone by then is one that a fill came too late for.
        pipeline.send(Command.TIME, answer -> setClock(millis(answer), ticker.nanos()));
        pipeline.run();
        return settled(requests, same);
    }

    /** @param same the fills whose entry is what the lease saw */
    private List<Fill> settled(List<Request> requests, List<Fill> same) {
        same.removeIf(fill -> !Arrays.equals(fill.lease().generation(), generation) || tooLate(fill.lease()));
        for (Request request : requests) {
            if (request instanceof Fill fill && !same.contains(fill)) {
                fill.answer().accept(false);
            } else if (request instanceof Put put) {
                put.answer().accept(true);
            } else if (request instanceof Invalidate invalidate) {
                invalidate.answer().accept(true);
            }
        }
        return same;
    }

    private void read(Pipeline pipeline, Read read, long asked) {
        byte[][] names = read.keys().stream().map(keys::name).toArray(byte[][]::new);
        pipeline.send(Command.MGET, answer -> read.answer().accept(found(answer), asked), names);
    }

    private List<Found> found(@Nullable Object answer) {
        List<?> all = (List<?>) Objects.requireNonNull(answer);
        return all.stream().map(stored -> found((byte[]) stored)).toList();
    }

    private Found found(byte @Nullable [] stored) {
        RemoteLease lease = new RemoteLease(generation, Envelope.mark(stored), serverMillis);
        Envelope.Value value = Envelope.read(stored, generation);
        long left = value == null ? 0 : value.endMillis() - serverMillis;
        return value == null || left <= 0 ? new Found(null, 0, lease) : new Found(value.payload(), left, lease);
    }

    private void watch(Pipeline pipeline, Fill fill, List<Fill> same) {
        byte[] name = keys.name(fill.key());
        pipeline.send(Command.WATCH, name);
        pipeline.send(
                Command.GETRANGE,
                mark -> {
                    if (mark instanceof byte[] found
                            && Arrays.equals(found, fill.lease().mark())) {
                        same.add(fill);
                    }
                },
                name,
                FIRST,
                LAST_OF_MARK);
        watching = true;
    }

    private void set(Pipeline pipeline, CacheKey key, byte[] generation, byte[] value, long millis) {
        long end = serverMillis + TimeUnit.NANOSECONDS.toMillis(ticker.nanos() - readAt) + millis;
        pipeline.send(Command.SET, keys.name(key), Envelope.value(generation, end, value), UNTIL_MILLIS, number(end));
    }

    private void invalidate(Pipeline pipeline, Invalidate invalidate) {
        if (invalidate.keys() == null) {
            byte[] next = Envelope.id();
            pipeline.send(Command.SET, answer -> generation = next, keys.generation(), next);
        } else {
            byte[] millis = number(settings.tombstone().toMillis());
            for (CacheKey key : invalidate.keys()) {
                pipeline.send(Command.SET, keys.name(key), Envelope.tombstone(), FOR_MILLIS, millis);
            }
        }
    }

    private boolean tooLate(RemoteLease lease) {
        return serverMillis - lease.serverMillis() >= settings.tombstone().toMillis();
    }

    private void setClock(long millis, long at) {
        serverMillis = millis;
        readAt = at;
    }

    /** Of an answer to {@code TIME}: seconds and microseconds. */
    private static long millis(@Nullable Object time) {
        List<?> parts = (List<?>) Objects.requireNonNull(time);
        return TimeUnit.SECONDS.toMillis(number(parts.get(0))) + TimeUnit.MICROSECONDS.toMillis(number(parts.get(1)));
    }

    private static long number(@Nullable Object digits) {
        return Long.parseLong(new String((byte[]) Objects.requireNonNull(digits), StandardCharsets.US_ASCII));
    }

    private static byte[] number(long number) {
        return ascii(Long.toString(number));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int millis(long millis) {
        return (int) Math.min(millis, Integer.MAX_VALUE / 2);
    }

    private Connection commands() {
        return Objects.requireNonNull(commands);
    }

    private JedisClientConfig config() {
        DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
                .database(settings.database())
                .clientName("ucm-cache")
                .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
        if (!settings.user().isEmpty()) {
            config.user(settings.user());
        }
        if (!settings.password().reveal().isEmpty()) {
            config.password(settings.password().reveal());
        }
        return config.build();
    }

    /** So that {@link #close} ends whatever is going on, connecting included. */
    private Socket socket() {
        Socket socket = new Socket();
        sockets.add(socket);
        try {
            socket.setTcpNoDelay(true);
            // What Redis has not taken by the end must not reach it later.
            socket.setSoLinger(true, 0);
            if (over == null) {
                socket.connect(
                        new InetSocketAddress(settings.host(), settings.port()),
                        millis(settings.connectTimeout().toMillis()));
            }
            socket.setSoTimeout(millis(settings.timeout().toMillis()));
            return socket;
        } catch (IOException e) {
            throw new JedisConnectionException("can't connect", e);
        }
    }

    /** Ends it for that reason, unless it is over, and says why it is. */
    private synchronized JedisConnectionException failed(Throwable failure) {
        if (over == null) {
            end(Failure.describe(failure));
        }
        return new JedisConnectionException(over, failure);
    }

    private void end(String reason) {
        over = reason;
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed is what it was to be.
            }
        }
    }

    @Override
    public synchronized void close() {
        if (over == null) {
            end("closed");
        }
    }

    private final class Listener implements Tracking.Listener {

        @Override
        public void changed(byte[] name) {
            CacheKey key = keys.key(name);
            if (key != null) {
                near.drop(key);
            } else if (Arrays.equals(name, keys.generation())) {
                near.empty();
            }
        }

        @Override
        public void emptied() {
            near.empty();
        }

        @Override
        public void silent(Throwable failure) {
            failed(failure);
            silent.accept(RedisSession.this);
        }
    }
}
