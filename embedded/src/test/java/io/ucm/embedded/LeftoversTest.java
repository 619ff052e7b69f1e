// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** After the kill of a container the next one ends that one's servers, and no others. */
@ExtendWith(TestServers.class)
class LeftoversTest {

    @TempDir(factory = InMemory.class)
    Path instance;

    @TempDir(factory = InMemory.class)
    Path other;

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();

    @Test
    void endsWhatAKilledContainerLeftAndLeavesALivingOneAlone() throws Exception {
        Path bystander = Files.createDirectory(instance.resolve("embedded-not"));
        Process sleeper =
                new ProcessBuilder("sleep", "60").directory(instance.toFile()).start();
        try (ContainerProcess living = ContainerProcess.start(Map.of("ucm.instance", other.toString()));
                ContainerProcess killed = ContainerProcess.start(Map.of("ucm.instance", instance.toString()))) {
            assertThat(killed.servers).hasSizeGreaterThan(12);
            new ProcessTree(server(killed, "n3"), handle -> true).freeze();
            // What works in the folder and is no server stays.
            Process shell = new ProcessBuilder("sleep", "60")
                    .directory(instance.resolve("embedded").toFile())
                    .start();
            killed.kill();
            await().during(Duration.ofMillis(200))
                    .until(() -> killed.servers.stream().noneMatch(TestServers::gone));

            new Leftovers().endAll(instance);

            assertThat(killed.servers).allMatch(TestServers::gone);
            assertThat(instance.resolve("embedded")).doesNotExist();
            assertThat(bystander).isDirectory();
            assertThat(sleeper.isAlive()).isTrue();
            assertThat(shell.isAlive()).isTrue();
            shell.destroy();

            new Leftovers().endAll(other);
            assertThat(living.servers).noneMatch(TestServers::gone);
            assertThat(other.resolve("embedded/n1")).isDirectory();
            assertThatThrownBy(() -> TestServers.start(other, TestServers.cache(), admin))
                    .isInstanceOf(ServerFailedException.class)
                    .hasMessageContaining("in use by process " + living.pid());
            assertThat(living.servers).noneMatch(TestServers::gone);
        } finally {
            sleeper.destroy();
        }
    }

    private static ProcessHandle server(ContainerProcess container, String node) {
        return container.servers.stream()
                .filter(process -> Proc.command(process).stream().anyMatch(argument -> argument.endsWith("/" + node)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void endsServersWhoseFolderWasRemovedFirst() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "only /proc tells");
        PackagedBinaries binaries = new PackagedBinaries(Platform.current());
        BinaryCache cache = new BinaryCache(List.of(TestServers.cache()));
        List<Path> programs = List.of(binaries.postgres(cache).resolve("bin/postgres"), binaries.redisServer(cache));
        try (ContainerProcess killed = ContainerProcess.start(Map.of("ucm.instance", instance.toString()))) {
            Folders.delete(instance.resolve("embedded/redis"));
            new Leftovers().endAllWithoutFolder(programs);
            assertThat(killed.servers).as("its container lives").noneMatch(TestServers::gone);
            killed.kill();
            Folders.delete(instance.resolve("embedded"));

            new Leftovers().endAllWithoutFolder(programs);

            assertThat(killed.servers).allMatch(TestServers::gone);
        }
    }
}
