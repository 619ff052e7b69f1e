// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A child process whose output goes to a log of its own. Thread-safe. It inherits nothing from this process's
 * environment but the search path.
 */
final class ServerProcess {

    private static final File NOTHING = new File("/dev/null");
    private static final Duration RUN_LIMIT = Duration.ofSeconds(60);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(2);
    private static final int LOG_LINES = 12;
    private static final int LOG_BYTES = 8_192;

    private final String name;
    private final Path log;
    private final Process process;
    /** A child of this process that it has not waited for keeps its id. */
    private final ProcessTree tree;

    private ServerProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        long parent = ProcessHandle.current().pid();
        this.tree = new ProcessTree(
                process.toHandle(),
                handle -> process.isAlive()
                        && handle.parent().map(ProcessHandle::pid).equals(Optional.of(parent)));
    }

    /** Starts it, gives it the input, if any, up to its end, and doesn't wait for anything else. */
    static ServerProcess start(String name, List<String> command, Path log, @Nullable String input) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(log.getParent().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        String path = System.getenv("PATH");
        builder.environment().clear();
        if (path != null) {
            builder.environment().put("PATH", path);
        }
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        if (input == null) {
            builder.redirectInput(NOTHING);
        }
        ServerProcess started = new ServerProcess(name, log, builder.start());
        if (input != null) {
            started.feed(input);
        }
        return started;
    }

    /** Runs a program up to its end, within a minute. */
    static void run(String name, List<String> command, Path log, @Nullable String input)
            throws IOException, InterruptedException {
        ServerProcess program = start(name, command, log, input);
        try {
            if (!program.process.waitFor(RUN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw program.failure("not done within " + RUN_LIMIT.toSeconds() + " s");
            }
            if (program.process.exitValue() != 0) {
                throw program.failure("ended with code " + program.process.exitValue());
            }
        } finally {
            program.tree.signalRoot("INT");
            program.awaitEnd(KILL_LIMIT);
        }
    }

    private void feed(String input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It has ended already: its exit code and its log tell why.
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Whether it has ended by itself, and well. */
    boolean endedWell() {
        return !process.isAlive() && process.exitValue() == 0;
    }

    /** What it said since it started. */
    String log() throws IOException {
        return Files.readString(log, StandardCharsets.ISO_8859_1);
    }

    /** What to throw when it did not do what it should; with the end of its log. */
    IOException failure(String what) {
        return new IOException(name + ": " + what + "; its log ends with:\n" + lastLines());
    }

    private String lastLines() {
        try (SeekableByteChannel channel = Files.newByteChannel(log)) {
            channel.position(Math.max(0, channel.size() - LOG_BYTES));
            ByteBuffer end = ByteBuffer.allocate(LOG_BYTES);
            while (end.hasRemaining() && channel.read(end) >= 0) {
                continue;
            }
            List<String> lines = new String(end.array(), 0, end.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.stream().skip(Math.max(0, lines.size() - LOG_LINES)).collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }

    /** Its process and all that descends from it, such as a PostgreSQL server's backends. */
    ProcessTree tree() {
        return tree;
    }

    /** Waits that long for its end, then kills it and all that descends from it. */
    void awaitEnd(Duration patience) {
        BoundedWait.uninterruptibly(patience, () -> !alive());
        kill();
    }

    /** Kills it and all that descends from it; returns when they are gone, within two seconds. */
    void kill() {
        // A process that ended by itself has taken its children along.
        if (alive()) {
            tree.kill(KILL_LIMIT);
            BoundedWait.uninterruptibly(KILL_LIMIT, () -> !alive());
        }
    }
}
