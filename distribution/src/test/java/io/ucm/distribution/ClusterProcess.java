// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** A process of its own that reads a cluster from its standard input, as another container on the same nodes; it can be killed. */
final class ClusterProcess {

    private final Path folder;
    private final Process process;

    private ClusterProcess(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
    }

    /** @param folder is its first argument */
    static ClusterProcess start(Class<?> main, DriverCluster cluster, Path folder, String... arguments)
            throws IOException {
        Files.createDirectories(folder);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName(),
                folder.toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(cluster.describe().getBytes(StandardCharsets.UTF_8));
        }
        return new ClusterProcess(folder, process);
    }

    /** What came on standard output so far. */
    Callable<String> said() {
        return () -> Files.readString(folder.resolve("out"));
    }

    /** SIGKILL; returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    long pid() {
        return process.pid();
    }
}
