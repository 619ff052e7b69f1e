// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The launcher in a process of its own, on the JVM of the tests with its options, with a temporary folder of its own. Closing it kills
 * what is left. Not thread-safe.
 */
final class UcmProcess implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** From the making of a folder in memory until it says whose it is. */
    private static final Duration OTHERS_START = Duration.ofSeconds(2);

    private final Path folder;
    private final Path temporary;
    private final Process process;
    private final Set<Path> inMemoryBefore;

    private UcmProcess(Path folder, Path temporary, Process process, Set<Path> inMemoryBefore) {
        this.folder = folder;
        this.temporary = temporary;
        this.process = process;
        this.inMemoryBefore = inMemoryBefore;
    }

    /** Starts the launcher of an assembled folder with an empty standard input. */
    static UcmProcess start(Path home, String... arguments) {
        return startWithInput(home, "", arguments);
    }

    /** {@code ./ucm exec} of the assembled folder. */
    static UcmProcess exec(String... commands) {
        List<String> arguments = new ArrayList<>(List.of("exec"));
        arguments.addAll(Arrays.asList(commands));
        return start(AssembledFolder.original(), arguments.toArray(new String[0]));
    }

    static UcmProcess startWithInput(Path home, String input, String... arguments) {
        return start(home, null, input, List.of(), arguments);
    }

    /** Another one of the same user: it has the same temporary folder, so this one must outlive it. */
    UcmProcess beside(Path home, String... arguments) {
        return besideWithInput(home, "", arguments);
    }

    /** {@code ./ucm attach} of the assembled folder to this one, which is its user's only server. */
    UcmProcess attach(String... commands) {
        List<String> arguments = new ArrayList<>(List.of("attach"));
        arguments.addAll(Arrays.asList(commands));
        return beside(AssembledFolder.original(), arguments.toArray(new String[0]));
    }

    UcmProcess besideWithInput(Path home, String input, String... arguments) {
        return start(home, temporary, input, List.of(), arguments);
    }

    /** As {@link #beside}, on a terminal of its own, on which the test can type. */
    UcmProcess besideOnTerminal(Path home, String... arguments) {
        return start(home, temporary, "", List.of("script", "-qefc"), arguments);
    }

    /** On the terminal. */
    UcmProcess type(String keys) {
        try {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static UcmProcess start(Path home, Path shared, String input, List<String> terminal, String... arguments) {
        try {
            Set<Path> before = inMemory();
            Path folder = Files.createTempDirectory("ucm-process-");
            Path temporary = shared == null ? Files.createDirectory(folder.resolve("tmp")) : shared;
            letThrough(folder);
            Files.writeString(folder.resolve("in"), input);
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + home.resolve("conf/jvm.options"),
                    "-Djava.io.tmpdir=" + temporary));
            command.addAll(jvm());
            command.addAll(List.of("-jar", home.resolve("lib/launcher.jar").toString()));
            command.addAll(Arrays.asList(arguments));
            if (!terminal.isEmpty()) {
                String line = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
                command = new ArrayList<>(terminal);
                command.addAll(List.of(line, "/dev/null"));
            }
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(folder.resolve("in").toFile())
                    .redirectOutput(folder.resolve("out").toFile())
                    .redirectError(folder.resolve("err").toFile());
            builder.environment().remove("XDG_RUNTIME_DIR");
            if (!terminal.isEmpty()) {
                builder.redirectInput(ProcessBuilder.Redirect.PIPE);
                builder.environment().put("TERM", "xterm");
            }
            return new UcmProcess(folder, temporary, builder.start(), before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The options of the tests' own JVM. */
    static List<String> jvm() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-XX:"))
                .toList();
    }

    /** As with any system's temporary folder: servers that don't run as root must get to theirs. */
    private static void letThrough(Path folder) throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    }

    /** What came on standard output so far. */
    String stdout() {
        return read("out");
    }

    /** What came on standard error so far. */
    String stderr() {
        return read("err");
    }

    /** Waits, within a bound, until standard error contains the text. */
    UcmProcess awaitStderr(String text) {
        await().atMost(LIMIT).until(() -> stderr().contains(text) || !process.isAlive());
        assertThat(stderr()).contains(text);
        return this;
    }

    /** Waits, within a bound, until standard output contains the text. */
    UcmProcess awaitStdout(String text) {
        await().atMost(LIMIT).until(() -> stdout().contains(text) || !process.isAlive());
        assertThat(stdout()).contains(text);
        return this;
    }

    /** Waits, within a bound, for the end, and returns the exit code. */
    int awaitExit() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + LIMIT.toSeconds() + " s; it said: " + stderr());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** The temporary folder of this process. */
    Path temporary() {
        return temporary;
    }

    /** Sends SIGTERM. */
    UcmProcess terminate() {
        process.destroy();
        return this;
    }

    /** Sends any other signal by its name, such as INT. Where the build ignores it, so does what it starts: then it is skipped. */
    UcmProcess signal(String name) {
        assumeFalse(isIgnored(name), () -> "this build ignores SIG" + name + ", as one that nohup or '&' has started");
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            assertThat(code).isZero();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isIgnored(String signal) {
        int bit = List.of("HUP", "INT").indexOf(signal);
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return bit >= 0
                    && status.filter(line -> line.startsWith("SigIgn:"))
                            .map(line ->
                                    Long.parseUnsignedLong(line.substring(8).strip(), 16))
                            .anyMatch(mask -> (mask >> bit & 1) == 1);
        } catch (IOException e) {
            return false;
        }
    }

    /** To be called after the exit: no file is left in the temporary folder, and no process that works in it. */
    UcmProcess assertNothingLeft() {
        assertThat(entries(temporary)).isEmpty();
        await().atMost(OTHERS_START)
                .untilAsserted(() -> assertThat(leftInMemory()).isEmpty());
        assertThat(processes()).isEmpty();
        return this;
    }

    /**
     * The processes that this one left, of any parent: those that run in its temporary folder or name it, or that were
     * its children. Beyond the latter only where there is a {@code /proc}.
     */
    private List<String> processes() {
        List<String> left = new ArrayList<>();
        process.descendants()
                .forEach(child -> left.add(child.info().commandLine().orElse("?")));
        Path proc = Path.of("/proc");
        if (Files.isDirectory(proc)) {
            for (Path entry : entries(proc)) {
                if (Character.isDigit(entry.getFileName().toString().charAt(0)) && belongs(entry)) {
                    left.add(entry + " " + commandLine(entry));
                }
            }
        }
        return left;
    }

    private boolean belongs(Path entry) {
        String name = temporary.toString();
        try {
            if (Files.readSymbolicLink(entry.resolve("cwd")).toString().startsWith(name)) {
                return true;
            }
        } catch (IOException e) {
            return false;
        }
        return commandLine(entry).contains(name);
    }

    private static String commandLine(Path entry) {
        try {
            return Files.readString(entry.resolve("cmdline")).replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is new there, and not of a container that another test runs meanwhile. */
    private Set<Path> leftInMemory() {
        Set<Path> left = new HashSet<>(inMemory());
        left.removeAll(inMemoryBefore);
        left.removeIf(UcmProcess::isOwnersAlive);
        return left;
    }

    private static boolean isOwnersAlive(Path data) {
        try (Stream<String> owner = Files.lines(data.resolve("owner"))) {
            return owner.findFirst()
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)))
                    .isPresent();
        } catch (IOException e) {
            return !Files.exists(data);
        }
    }

    /** Where the servers' data may be, beside the temporary folder. */
    private static Set<Path> inMemory() {
        Path memory = Path.of("/dev/shm");
        return Files.isDirectory(memory)
                ? entries(memory).stream()
                        .filter(entry -> entry.getFileName().toString().startsWith("ucm-embedded-"))
                        .collect(Collectors.toSet())
                : Set.of();
    }

    private String read(String name) {
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        awaitExit();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
