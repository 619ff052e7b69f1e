// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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
        FakeConfigurationAdmin published = new FakeConfigurationAdmin();
        published.configurations.putAll(admin.configurations);
        assertThat(answering(published)).containsExactly("n1", "redis");

        long begin = System.nanoTime();
        servers.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(processes).allMatch(TestServers::gone);
        assertThat(folder).doesNotExist();
        assertThat(admin.configurations).isEmpty();
        assertThat(TestServers.threads()).isEmpty();
        assertThat(answering(published)).isEmpty();
        servers.stop();
    }

    /** Who lets the published users in: on a port that was given back somebody else may listen at once. */
    private static List<String> answering(FakeConfigurationAdmin published) {
        List<String> answering = new ArrayList<>();
        try (Connection primary = TestServers.connect(published, "n1", "io.ucm.mode~main-ADMIN")) {
            answering.add("n1");
        } catch (SQLException e) {
            // Refused.
        }
        Map<String, Object> redis = published.configurations.get("io.ucm.redis");
        try {
            if (TestServers.redis(redis, "AUTH " + redis.get(".password") + "\r\n")
                    .startsWith("+OK")) {
                answering.add("redis");
            }
        } catch (IOException e) {
            // Refused.
        }
        return answering;
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
