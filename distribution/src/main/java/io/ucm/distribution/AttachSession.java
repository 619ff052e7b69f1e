// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server's side of one client.
 *
 * <p>One thread receives; another one runs what the client asked for, and is interrupted when the client is gone. So a
 * client ends its own commands, and nothing else.
 */
final class AttachSession {

    private static final int PROOF_LIMIT_MILLIS = 5_000;

    /** The commands of one client together. */
    private static final int COMMANDS_LIMIT = 1 << 20;

    private final Socket socket;
    private final Token token;
    private final AttachedShells shells;
    private final Runnable introduced;
    private final Consumer<AttachSession> ended;
    private final AtomicBoolean closed = new AtomicBoolean();

    private volatile @Nullable Thread worker;
    private volatile @Nullable AutoCloseable shell;

    /**
     * @param introduced called once, when it is known whether the client knows the token
     * @param ended called once, at the end
     */
    AttachSession(
            Socket socket, Token token, AttachedShells shells, Runnable introduced, Consumer<AttachSession> ended) {
        this.socket = socket;
        this.token = token;
        this.shells = shells;
        this.introduced = introduced;
        this.ended = ended;
    }

    void start() {
        thread(this::serve, "ucm-attach-receive").start();
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Cuts the client off, and interrupts what it runs. A second call does nothing. */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        Thread running = worker;
        if (running != null) {
            running.interrupt();
        }
        closeQuietly(socket);
        closeQuietly(shell);
        ended.accept(this);
    }

    private static void closeQuietly(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            // It is over either way.
        }
    }

    private void serve() {
        try {
            if (isKnown()) {
                socket.setTcpNoDelay(true);
                converse(new Frames(socket.getInputStream(), socket.getOutputStream()));
            }
        } catch (IOException e) {
            // The client is gone.
        } finally {
            close();
        }
    }

    private boolean isKnown() throws IOException {
        try {
            byte[] hello = readWithin(Frames.HELLO.length + Token.LENGTH);
            byte[] magic = Arrays.copyOf(hello, Frames.HELLO.length);
            byte[] proof = Arrays.copyOfRange(hello, Frames.HELLO.length, hello.length);
            boolean known = Arrays.equals(magic, Frames.HELLO) & token.matches(proof);
            socket.getOutputStream().write(known ? Frames.ACCEPTED : Frames.REFUSED);
            socket.setSoTimeout(0);
            return known;
        } finally {
            introduced.run();
        }
    }

    /** However slowly the bytes arrive, it takes no longer than the limit. */
    private byte[] readWithin(int length) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROOF_LIMIT_MILLIS);
        byte[] bytes = new byte[length];
        int read = 0;
        while (read < length) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw new IOException("no proof within " + PROOF_LIMIT_MILLIS + " ms");
            }
            socket.setSoTimeout((int) left);
            int count = socket.getInputStream().read(bytes, read, length - read);
            if (count < 0) {
                throw new IOException("gone");
            }
            read += count;
        }
        return bytes;
    }

    private void converse(Frames frames) throws IOException {
        FrameInput input = new FrameInput(frames);
        List<String> commands = new ArrayList<>();
        int size = 0;
        while (true) {
            Frames.Frame frame = frames.receive();
            switch (frame.type()) {
                case Frames.COMMAND -> {
                    size += frame.content().length;
                    if (size > COMMANDS_LIMIT) {
                        throw new IOException("commands of more than " + COMMANDS_LIMIT + " bytes");
                    }
                    commands.add(frame.text());
                }
                case Frames.LAST -> work(frames, () -> runCommands(frames, input, commands));
                case Frames.LINES -> work(frames, () -> runLines(frames, input));
                case Frames.TERMINAL -> work(frames, () -> runTerminal(frames, input, frame.text()));
                case Frames.INPUT -> input.received(frame.content());
                case Frames.SIZE -> resize(frame.text());
                default -> throw new IOException("a frame of unknown type " + frame.type());
            }
        }
    }

    private interface Work {
        int run() throws Exception;
    }

    private void work(Frames frames, Work work) throws IOException {
        if (worker != null) {
            throw new IOException("a second request");
        }
        Thread thread = thread(() -> finish(frames, work), "ucm-attach-run");
        worker = thread;
        thread.start();
    }

    private void finish(Frames frames, Work work) {
        try {
            int code = work.run();
            // What was cut off is no result: the client says that the server stopped.
            if (!isOver()) {
                frames.send(Frames.EXIT, (byte) code);
            }
        } catch (Exception e) {
            failed(frames, e);
        } finally {
            close();
        }
    }

    private void failed(Frames frames, Exception failure) {
        if (closed.get() || shells.isClosing()) {
            return;
        }
        try {
            frames.send(Frames.ERR, "ucm: " + Failure.message(failure) + "\n");
            frames.send(Frames.EXIT, (byte) 1);
        } catch (IOException e) {
            // The client is gone.
        }
    }

    private boolean isOver() {
        return closed.get() || shells.isClosing();
    }

    private int runCommands(Frames frames, FrameInput input, List<String> commands) throws Exception {
        if (!shells.isStarted()) {
            frames.send(Frames.STARTING);
        }
        shells.awaitStarted();
        Streams streams = streams(frames, input);
        try (ShellSession opened = opened(shells.open(streams))) {
            return new CommandRunner(opened, streams, this::isOver).untilFailure(commands) ? 0 : 1;
        }
    }

    private int runLines(Frames frames, FrameInput input) throws Exception {
        awaitUp(frames);
        Streams streams = streams(frames, input);
        try (ShellSession opened = opened(shells.open(streams))) {
            return new CommandRunner(opened, streams, this::isOver).untilEnd(streams.lines()) ? 0 : 1;
        }
    }

    private int runTerminal(Frames frames, FrameInput input, String description) throws Exception {
        awaitUp(frames);
        String[] parts = description.split("\n");
        FrameOutput out = new FrameOutput(frames, Frames.OUT);
        try (TerminalSession opened = opened(
                shells.openTerminal(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), input, out))) {
            opened.run();
            return 0;
        }
    }

    private void awaitUp(Frames frames) throws IOException, InterruptedException {
        if (!shells.isUp()) {
            frames.send(Frames.STARTING);
        }
        shells.awaitUp();
    }

    /** From now on, the end of the client ends what it opened. */
    private <T extends AutoCloseable> T opened(T opened) {
        shell = opened;
        if (closed.get()) {
            closeQuietly(opened);
        }
        return opened;
    }

    private static Streams streams(Frames frames, FrameInput input) {
        return new Streams(
                input,
                new PrintStream(new FrameOutput(frames, Frames.OUT), true, UTF_8),
                new PrintStream(new FrameOutput(frames, Frames.ERR), true, UTF_8));
    }

    private void resize(String size) {
        if (shell instanceof TerminalSession terminal) {
            String[] parts = size.split("\n");
            terminal.resize(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        }
    }
}
