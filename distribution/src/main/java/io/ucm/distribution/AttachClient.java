// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The side of {@code attach}: passes input on when the server asks for it, and prints what it sends. Used by one thread.
 *
 * <p>When this process ends, its connection does, and with it what it ran on the server.
 */
final class AttachClient {

    private static final int CONNECT_LIMIT_MILLIS = 5_000;
    private static final Duration APPEAR_LIMIT = Duration.ofSeconds(10);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Streams streams;
    private final Progress progress;
    private final AtomicBoolean starting = new AtomicBoolean();
    private final AtomicReference<@Nullable String> cutOff = new AtomicReference<>();

    private final Duration appearLimit;
    private final Duration startLimit;

    /** Waits as long as the limit for a server, and again for its start; without one: 10 s, and 60 s for the start. */
    AttachClient(Streams streams, Progress progress, @Nullable Duration limit) {
        this.streams = streams;
        this.progress = progress;
        appearLimit = limit != null ? limit : APPEAR_LIMIT;
        startLimit = limit != null ? limit : START_LIMIT;
    }

    /** The exit code that the server says, or 1 when it ends before that. */
    int run(ServerFolder servers, @Nullable String name, List<String> commands) throws Exception {
        ServerSearch.Found server = new ServerSearch(servers, name, progress).find(appearLimit);
        try (Socket socket = connect(server)) {
            introduce(socket, server, servers);
            Frames frames = new Frames(socket.getInputStream(), socket.getOutputStream());
            return commands.isEmpty() ? interact(socket, frames, server) : command(socket, frames, server, commands);
        }
    }

    private static Socket connect(ServerSearch.Found server) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}),
                            server.address().port()),
                    CONNECT_LIMIT_MILLIS);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(server.who() + " does not answer", e);
        }
    }

    private static void introduce(Socket socket, ServerSearch.Found server, ServerFolder servers) throws IOException {
        socket.setSoTimeout(CONNECT_LIMIT_MILLIS);
        int answer;
        try {
            socket.getOutputStream().write(Frames.HELLO);
            socket.getOutputStream().write(server.address().token().bytes());
            socket.getOutputStream().flush();
            answer = socket.getInputStream().read();
        } catch (IOException e) {
            throw new IOException(server.who() + " does not answer", e);
        }
        if (answer == Frames.REFUSED) {
            throw new IOException(server.who() + " refused the token that is in " + servers.addressFile(server.name()));
        }
        if (answer != Frames.ACCEPTED) {
            throw new IOException(server.who() + " does not answer as one");
        }
        socket.setSoTimeout(0);
    }

    private int command(Socket socket, Frames frames, ServerSearch.Found server, List<String> commands)
            throws Exception {
        for (String command : commands) {
            frames.send(Frames.COMMAND, command);
        }
        frames.send(Frames.LAST);
        return converse(socket, frames, server, new ClientInput(streams.in(), frames, null));
    }

    private int interact(Socket socket, Frames frames, ServerSearch.Found server) throws Exception {
        if (!Terminal.isPresent()) {
            frames.send(Frames.LINES);
            return converse(socket, frames, server, new ClientInput(streams.in(), frames, null));
        }
        progress.say("attached to " + server.who() + "; Ctrl-D or exit leaves it running");
        RawTerminal terminal = RawTerminal.take();
        if (terminal == null) {
            frames.send(Frames.LINES);
            return converse(socket, frames, server, new ClientInput(streams.in(), frames, streams.out()));
        }
        try (terminal) {
            frames.send(Frames.TERMINAL, terminal.type() + "\n" + terminal.columns() + "\n" + terminal.lines());
            terminal.onResize((columns, lines) -> frames.send(Frames.SIZE, columns + "\n" + lines));
            return converse(socket, frames, server, new ClientInput(streams.in(), frames, null));
        }
    }

    private int converse(Socket socket, Frames frames, ServerSearch.Found server, ClientInput input) throws Exception {
        Timer timer = new Timer("ucm-attach-limit", true);
        try {
            while (true) {
                Frames.Frame frame = frames.receive();
                if (frame.type() != Frames.STARTING) {
                    starting.set(false);
                }
                switch (frame.type()) {
                    case Frames.STARTING -> waitForStart(socket, server, timer);
                    case Frames.OUT -> print(streams.out(), frame);
                    case Frames.ERR -> print(streams.err(), frame);
                    case Frames.ASK -> input.asked();
                    case Frames.EXIT -> {
                        return frame.content()[0];
                    }
                    default -> throw new IOException(server.who() + " does not answer as one");
                }
            }
        } catch (EOFException | SocketException e) {
            String reason = cutOff.get();
            throw new EndedException(reason != null ? reason : server.who() + " stopped before this was done");
        } finally {
            timer.cancel();
        }
    }

    private void waitForStart(Socket socket, ServerSearch.Found server, Timer timer) {
        starting.set(true);
        progress.say(server.who() + " is still starting; waiting up to " + startLimit.toSeconds() + " s");
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        if (starting.get()) {
                            cutOff.set(server.who() + " is still starting after " + startLimit.toSeconds()
                                    + " s; what it waits for is in its own output");
                            closeQuietly(socket);
                        }
                    }
                },
                startLimit.toMillis());
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is over either way.
        }
    }

    private static void print(PrintStream stream, Frames.Frame frame) {
        stream.write(frame.content(), 0, frame.content().length);
        stream.flush();
    }

    /** The connection ended without an exit code; the message says why. */
    static final class EndedException extends Exception {

        EndedException(String message) {
            super(message);
        }
    }
}
