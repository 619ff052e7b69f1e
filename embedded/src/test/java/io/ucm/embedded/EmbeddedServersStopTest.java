// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What is left of the servers: nothing. */
@ExtendWith(TestServers.class)
class EmbeddedServersStopTest {

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();

    @Test
    void leavesNothing() throws IOException {
        EmbeddedServers servers = TestServers.start(null, TestServers.cache(), admin);
        List<ProcessHandle> processes = TestServers.children();
        assertThat(processes).hasSizeGreaterThan(4);
        Path folder = ownTemporaryFolder();
        int redis = (Integer) admin.configurations.get("io.ucm.redis").get("port");
        int primary = Integer.parseInt(TestServers.address(admin, "n1").split(":")[1]);

        long begin = System.nanoTime();
        servers.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(processes).allMatch(TestServers::gone);
        assertThat(folder).doesNotExist();
        assertThat(admin.configurations).isEmpty();
        assertThat(TestServers.threads()).isEmpty();
        for (int port : List.of(redis, primary)) {
            assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        }
        servers.stop();
    }

    private static Path ownTemporaryFolder() throws IOException {
        Set<String> children = ProcessHandle.current()
                .children()
                .map(child -> Long.toString(child.pid()))
                .collect(Collectors.toSet());
        try (DirectoryStream<Path> folders =
                Files.newDirectoryStream(Path.of(System.getProperty("java.io.tmpdir")), "ucm-embedded-*")) {
            for (Path folder : folders) {
                Path pid = folder.resolve("n1/postmaster.pid");
                if (Files.isReadable(pid)
                        && children.contains(Files.readAllLines(pid).get(0))) {
                    return folder;
                }
            }
        }
        throw new AssertionError("no temporary folder of a child");
    }

    @Test
    void doesNothingWhenSwitchedOff(@TempDir Path instance) {
        new EmbeddedServers(
                        TestServers.context(Map.of("ucm.embedded", "false", "ucm.instance", instance.toString())),
                        admin.service())
                .stop();
        assertThat(instance).isEmptyDirectory();
        assertThat(admin.locations).isEmpty();
    }
}
