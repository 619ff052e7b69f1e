// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Runs shell commands inside a container test. */
final class ContainerShell {

    private final BundleContext context;

    ContainerShell(BundleContext context) {
        this.context = context;
    }

    /** Looks again and again, for 20 s at most, until the condition holds. */
    static <T> void await(String what, Callable<T> actual, Predicate<T> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        T last = actual.call();
        while (!condition.test(last)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 20 s: " + what + "\nbut: " + last);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            last = actual.call();
        }
    }

    /** What this container, and those before it in the same class, have logged; another file is begun at midnight. */
    static String log() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("ucm.instance"), "log"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                all.append(Files.readString(file));
            }
            return all.toString();
        }
    }

    /** What the command prints or returns, as text. */
    String run(String command) throws Exception {
        return run(command, new ByteArrayOutputStream());
    }

    /** The same; when it fails, what it printed before, and its message. */
    String attempt(String command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            return run(command, out);
        } catch (Exception e) {
            return out.toString(StandardCharsets.UTF_8) + e.getMessage();
        }
    }

    private String run(String command, ByteArrayOutputStream out) throws Exception {
        ServiceReference<CommandProcessor> reference = context.getServiceReference(CommandProcessor.class);
        try (CommandSession session =
                context.getService(reference).createSession(InputStream.nullInputStream(), out, out)) {
            Object value = session.execute(command);
            return out.toString(StandardCharsets.UTF_8) + (value == null ? "" : value);
        } finally {
            context.ungetService(reference);
        }
    }
}
