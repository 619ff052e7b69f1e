// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The component in a process of its own, which can be killed. */
final class ContainerProcess implements AutoCloseable {

    private final Process process;
    /** All that runs below it. */
    final List<ProcessHandle> servers;

    private ContainerProcess(Process process, List<ProcessHandle> servers) {
        this.process = process;
        this.servers = servers;
    }

    /** Returns when its servers run. */
    static ContainerProcess start(Map<String, String> properties) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ContainerProcess.class.getName(),
                "ucm.cache.dir=" + TestServers.cache(),
                "ucm.embedded.memory=false"));
        properties.forEach((key, value) -> command.add(key + "=" + value));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); !"ready".equals(line); line = out.readLine()) {
            if (line == null) {
                throw new IOException("the container ended");
            }
        }
        return new ContainerProcess(process, process.descendants().toList());
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL, which gives it no chance to end what it started. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** What is still there goes, also when the test failed. */
    @Override
    public void close() {
        process.destroyForcibly();
        servers.forEach(ProcessHandle::destroyForcibly);
    }

    /** Runs until its end of input. */
    public static void main(String... arguments) throws IOException {
        Map<String, String> properties = new HashMap<>();
        for (String argument : arguments) {
            properties.put(argument.substring(0, argument.indexOf('=')), argument.substring(argument.indexOf('=') + 1));
        }
        EmbeddedServers servers =
                new EmbeddedServers(TestServers.context(properties), new FakeConfigurationAdmin().service());
        System.out.println("ready");
        while (System.in.read() >= 0) {
            continue;
        }
        servers.stop();
    }
}
