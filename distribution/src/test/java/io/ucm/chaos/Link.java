// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.EnumMap;
import java.util.Map;

/**
 * One client's connection and, unless the proxy answers itself, the one that was made for it to the server. The proxy's
 * thread only.
 */
final class Link implements ClientMessages.Listener {

    private static final int BUFFER = 65_536;

    private final Faults faults;
    private final SocketChannel client;
    private final SocketChannel server;
    private final SelectionKey clientKey;
    private final SelectionKey serverKey;
    private final ServerMessages said = new ServerMessages(this::isConnected, this::committed);
    private final Map<Way, Stream> streams = new EnumMap<>(Way.class);
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private boolean connecting = true;
    private boolean losesCommit;
    private boolean closing;
    private boolean closed;

    /** @param server null where the proxy answers itself */
    Link(Faults faults, Selector selector, SocketChannel client, SocketChannel server) throws IOException {
        this.faults = faults;
        this.client = client;
        this.server = server;
        streams.put(Way.TO_SERVER, new Stream(new ClientMessages(this)));
        streams.put(Way.TO_CLIENT, new Stream(said));
        if (server == null) {
            streams.get(Way.TO_SERVER).lose();
        }
        clientKey = register(client, selector);
        serverKey = server == null ? null : register(server, selector);
    }

    private SelectionKey register(SocketChannel channel, Selector selector) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel.register(selector, 0, this);
    }

    /** From its client's connect until the server is ready for its first query, or it ends. */
    boolean isConnecting() {
        return connecting;
    }

    boolean isClosed() {
        return closed;
    }

    /** What can be read is read; then goes on. */
    void ready(SelectionKey key, long now) {
        Way way = key == clientKey ? Way.TO_SERVER : Way.TO_CLIENT;
        try {
            if (faults.frozen()) {
                key.interestOps(0);
            } else if (key.isConnectable()) {
                connect();
            } else if (key.isReadable()) {
                streams.get(way).read(way == Way.TO_SERVER ? client : server, buffer, faults.due(way, now));
            }
        } catch (IOException | CancelledKeyException e) {
            broken(way);
        }
        goOn(now);
    }

    private void connect() {
        try {
            server.finishConnect();
        } catch (IOException e) {
            reset();
        }
    }

    /** Writes what is due, as the faults are now, and says what it waits for next. */
    void goOn(long now) {
        if (closed) {
            return;
        }
        for (Way way : Way.values()) {
            if (faults.drops(way)) {
                streams.get(way).lose();
            }
        }
        boolean clientTakes = faults.frozen() || write(Way.TO_CLIENT, client, now);
        boolean serverTakes = faults.frozen() || !isServerThere() || write(Way.TO_SERVER, server, now);
        if (closed) {
            return;
        }
        if (isOver()) {
            close();
            return;
        }
        interest(clientKey, Way.TO_SERVER, clientTakes);
        if (server != null) {
            interest(serverKey, Way.TO_CLIENT, serverTakes);
        }
    }

    private boolean isServerThere() {
        return server != null && server.isConnected();
    }

    private boolean isOver() {
        return server == null
                ? streams.get(Way.TO_SERVER).isOver() || closing && untilDue(0) < 0
                : streams.get(Way.TO_SERVER).isOver()
                        && streams.get(Way.TO_CLIENT).isOver();
    }

    private void interest(SelectionKey key, Way from, boolean takes) {
        if (faults.frozen()) {
            key.interestOps(0);
        } else if (key == serverKey && !server.isConnected()) {
            key.interestOps(SelectionKey.OP_CONNECT);
        } else {
            key.interestOps(
                    (streams.get(from).isReadable() ? SelectionKey.OP_READ : 0) | (takes ? 0 : SelectionKey.OP_WRITE));
        }
    }

    private boolean write(Way way, SocketChannel sink, long now) {
        try {
            return streams.get(way).write(sink, now);
        } catch (IOException e) {
            broken(way == Way.TO_SERVER ? Way.TO_CLIENT : Way.TO_SERVER);
            return true;
        }
    }

    /** Whose bytes go that way has gone without an end: so does the other, unless the news is lost. */
    private void broken(Way way) {
        Stream stream = streams.get(way);
        if (stream.isLossy() || faults.drops(way)) {
            stream.broken();
        } else {
            reset();
        }
    }

    /** How long until something may be written; negative: nothing waits. */
    long untilDue(long now) {
        long first = -1;
        for (Stream stream : streams.values()) {
            long until = stream.untilDue(now);
            if (until >= 0 && (first < 0 || until < first)) {
                first = until;
            }
        }
        return first;
    }

    private void isConnected() {
        connecting = false;
    }

    @Override
    public void wantsEncryption() {
        if (server == null) {
            streams.get(Way.TO_CLIENT)
                    .add(ByteBuffer.wrap(new byte[] {'N'}), faults.due(Way.TO_CLIENT, System.nanoTime()));
        } else {
            said.expectSingleByte();
        }
    }

    @Override
    public void starts() {
        if (server == null) {
            streams.get(Way.TO_CLIENT).add(faults.refusal(), faults.due(Way.TO_CLIENT, System.nanoTime()));
            closing = true;
        }
    }

    @Override
    public void cancels() {
        connecting = false;
        closing = server == null;
    }

    @Override
    public void commits() {
        if (!losesCommit && faults.takeCommit()) {
            losesCommit = true;
            streams.get(Way.TO_CLIENT).lose();
        }
    }

    @Override
    public void asks() {
        faults.asked();
    }

    /** Its answer is lost; the server goes on as after an orderly end. */
    private void committed() {
        if (losesCommit) {
            faults.committed();
            if (faults.resetsAfterCommit()) {
                reset();
            } else {
                streams.get(Way.TO_SERVER).lose();
            }
        }
    }

    /** Both sides get a RST. */
    void reset() {
        for (SocketChannel channel : new SocketChannel[] {client, server}) {
            try {
                if (channel != null) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                }
            } catch (IOException e) {
                // It is closed.
            }
        }
        close();
    }

    void close() {
        closed = true;
        connecting = false;
        closeQuietly(client);
        if (server != null) {
            closeQuietly(server);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody is there to be told.
        }
    }
}
