// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands before one PostgreSQL server, on a port of 127.0.0.1, with faults that are switched on and off while it runs.
 * Each method returns when its fault is in force. Thread-safe; it has one thread, which {@link #close} ends.
 *
 * <p>Faults add up until {@link #pass}. Without any it is a wire. A server that does not listen shows as a connection that
 * is reset after it was accepted.
 */
public final class ChaosProxy implements AutoCloseable {

    /** What becomes of a connection whose answer to COMMIT was lost. */
    public enum Then {
        /** Both sides get a RST. */
        RESET,
        /** Nothing that either side says arrives any more. */
        SILENCE
    }

    private record Task(Runnable change, CompletableFuture<Void> inForce) {}

    private static final int BACKLOG = 512;
    private static final int LOWEST_PORT = 20_000;

    /** Below the ports of outgoing connections: it is still free after a cut. */
    private static final int BEYOND_PORTS = 32_000;

    private final InetSocketAddress server;
    private final InetSocketAddress address;
    private final Faults faults = new Faults();
    private final Selector selector;
    private final Thread thread;
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;
    private volatile int links;
    private volatile int connecting;
    private volatile int mostConnecting;

    /** Null while it is cut off; the thread's own, as are the links. */
    private ServerSocketChannel listener;

    private final Set<Link> all = new LinkedHashSet<>();

    public ChaosProxy(int serverPort) {
        try {
            server = local(serverPort);
            listener = listen();
            address = (InetSocketAddress) listener.getLocalAddress();
            selector = Selector.open();
            listener.register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread = new Thread(this::run, "chaos-proxy-" + serverPort);
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return address.getPort();
    }

    /** No fault any more. What was lost stays so: a connection that lost something is dead, and nobody says it. */
    public void pass() {
        inThread(() -> {
            faults.clear();
            listenAgain();
        });
    }

    /** All connections are closed, new ones refused. */
    public void cut() {
        inThread(() -> {
            closeQuietly(listener);
            listener = null;
            all.forEach(Link::close);
        });
    }

    /**
     * Nothing moves in either direction, ends neither, and new connections are not answered; afterwards all goes on. So
     * is a stopped host, and a network that loses packets for so short that TCP sends them again.
     */
    public void freeze() {
        inThread(faults::freeze);
    }

    /**
     * What goes that way is lost, ends included, and nobody is told. Connections that there are, or that are made while it
     * lasts, have lost that direction for good.
     */
    public void drop(Way... ways) {
        inThread(() -> {
            for (Way way : ways) {
                faults.drop(way);
            }
        });
    }

    /** What goes that way arrives so much later. */
    public void slow(Way way, Duration latency) {
        inThread(() -> faults.delay(way, latency));
    }

    /** All connections get a RST, once; new ones pass. */
    public void reset() {
        inThread(() -> all.forEach(Link::reset));
    }

    /** New connections get this error instead of the server's answer; those that there are pass. */
    public void refuse(String sqlState, String message) {
        inThread(() -> faults.refuse(sqlState, message));
    }

    /** The server starts again and takes its time for it: all connections are reset, and it answers new ones 57P03. */
    public void startUp() {
        inThread(() -> {
            faults.refuse("57P03", "the database system is starting up");
            all.forEach(Link::reset);
        });
    }

    /** The next so many COMMITs, on any connections, reach the server and are executed, and their answers are lost. */
    public void loseCommits(int count, Then then) {
        inThread(() -> faults.loseCommits(count, then));
    }

    /** How many round trips its clients have begun so far. */
    public long roundTrips() {
        return faults.askedSoFar();
    }

    /** How many COMMITs were executed whose answer was lost. */
    public int lostCommits() {
        return faults.commits();
    }

    /** Connections that there are. */
    public int connections() {
        return links;
    }

    /** Of them, those whose clients have not come to their first query yet; who only cancels does not count. */
    public int connecting() {
        return connecting;
    }

    /** The most there ever were of them at once, since it was asked last. */
    public int mostConnecting() {
        int most = mostConnecting;
        inThread(() -> mostConnecting = 0);
        return most;
    }

    /** Closes all connections. Idempotent. */
    @Override
    public void close() {
        ended = true;
        selector.wakeup();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void inThread(Runnable task) {
        CompletableFuture<Void> inForce = new CompletableFuture<>();
        tasks.add(new Task(task, inForce));
        selector.wakeup();
        while (!inForce.isDone()) {
            if (!thread.isAlive()) {
                throw new IllegalStateException("the proxy is closed");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        inForce.join();
    }

    private void run() {
        try {
            while (!ended) {
                step();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            all.forEach(Link::close);
            closeQuietly(listener);
            closeQuietly(selector);
        }
    }

    private void step() throws IOException {
        long now = System.nanoTime();
        long wait = all.stream()
                .mapToLong(link -> faults.frozen() ? -1 : link.untilDue(now))
                .filter(until -> until >= 0)
                .min()
                .orElse(-1);
        if (wait < 0) {
            selector.select();
        } else {
            selector.select(TimeUnit.NANOSECONDS.toMillis(wait) + 1);
        }
        List<Task> changes = changed();
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid() && key.attachment() instanceof Link link) {
                link.ready(key, System.nanoTime());
            } else if (key.isValid() && !faults.frozen()) {
                accept();
            }
        }
        selector.selectedKeys().clear();
        if (!changes.isEmpty() || wait >= 0) {
            all.forEach(link -> link.goOn(System.nanoTime()));
        }
        count();
        inForce(changes);
    }

    private List<Task> changed() {
        List<Task> changes = new ArrayList<>();
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.change().run();
                changes.add(task);
            } catch (RuntimeException e) {
                task.inForce().completeExceptionally(e);
            }
        }
        if (!changes.isEmpty() && listener != null) {
            listener.keyFor(selector).interestOps(faults.frozen() ? 0 : SelectionKey.OP_ACCEPT);
        }
        return changes;
    }

    /** What was closed is so once the selector has noticed. */
    private void inForce(List<Task> changes) throws IOException {
        if (!changes.isEmpty()) {
            selector.selectNow();
            changes.forEach(task -> task.inForce().complete(null));
        }
    }

    private void accept() throws IOException {
        for (SocketChannel client = listener.accept(); client != null; client = listener.accept()) {
            SocketChannel to = faults.refuses() ? null : SocketChannel.open();
            Link link = new Link(faults, selector, client, to);
            all.add(link);
            if (to != null) {
                try {
                    to.connect(server);
                } catch (IOException e) {
                    link.reset();
                }
            }
            link.goOn(System.nanoTime());
        }
    }

    private void count() {
        all.removeIf(Link::isClosed);
        links = all.size();
        connecting = (int) all.stream().filter(Link::isConnecting).count();
        mostConnecting = Math.max(mostConnecting, connecting);
    }

    private void listenAgain() {
        if (listener == null) {
            try {
                listener = listen(address);
                listener.register(selector, SelectionKey.OP_ACCEPT);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static ServerSocketChannel listen() throws IOException {
        while (true) {
            try {
                return listen(local(ThreadLocalRandom.current().nextInt(LOWEST_PORT, BEYOND_PORTS)));
            } catch (BindException e) {
                // Somebody has that one.
            }
        }
    }

    private static ServerSocketChannel listen(InetSocketAddress at) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(at, BACKLOG).configureBlocking(false);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static InetSocketAddress local(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            // It is of no use any more.
        }
    }
}
