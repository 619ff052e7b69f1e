// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of this process, passing every key on unseen, until it is closed or the process ends: then it is as it
 * was. Thread-safe.
 */
final class RawTerminal implements AutoCloseable {

    /** Told the terminal's new size. */
    interface Resize {
        void to(int columns, int lines) throws IOException;
    }

    private static final File DEVICE = new File("/dev/tty");
    private static final int COMMAND_LIMIT_SECONDS = 5;

    private final String before;
    private final Thread restore = new Thread(this::restore, "ucm-terminal");
    private final AtomicBoolean restored = new AtomicBoolean();

    private RawTerminal(String before) {
        this.before = before;
    }

    /** Null where there is no {@code stty}. */
    static @Nullable RawTerminal take() {
        String before = stty("-g");
        if (before == null) {
            return null;
        }
        RawTerminal terminal = new RawTerminal(before);
        Runtime.getRuntime().addShutdownHook(terminal.restore);
        if (stty("raw", "-echo") == null) {
            terminal.close();
            return null;
        }
        return terminal;
    }

    String type() {
        String type = System.getenv("TERM");
        return type == null || type.isBlank() ? "dumb" : type;
    }

    int columns() {
        return size(1, 80);
    }

    int lines() {
        return size(0, 24);
    }

    private static int size(int part, int otherwise) {
        String size = stty("size");
        String[] parts = size == null ? new String[0] : size.split(" ");
        if (parts.length == 2 && parts[part].matches("[0-9]{1,4}") && !parts[part].equals("0")) {
            return Integer.parseInt(parts[part]);
        }
        return otherwise;
    }

    /** Only where the JVM lets a program see signals; elsewhere the size stays what it was. */
    void onResize(Resize resize) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object passOn = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            resize.to(columns(), lines());
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), passOn);
        } catch (ReflectiveOperationException e) {
            // It stays what it was.
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(restore);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook has nothing left to do.
        }
    }

    private void restore() {
        if (restored.compareAndSet(false, true)) {
            stty(before);
        }
    }

    /** What it printed, or null if it did not work. */
    private static @Nullable String stty(String... arguments) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectInput(DEVICE).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            boolean succeeded = process.waitFor(COMMAND_LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
            return succeeded ? output : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
