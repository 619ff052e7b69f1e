// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Starts under odd conditions. */
@ExtendWith(TestServers.class)
class PostgresClusterTest {

    @TempDir(factory = InMemory.class)
    Path instance;

    @ParameterizedTest
    @EnumSource
    void rootRunsAServerAsSomebodyElseWithoutAProcessInBetween(UnprivilegedUser.Way way) throws Exception {
        DataFolder data = DataFolder.create(instance);
        assumeTrue(data.root(), "not root");
        PostgresPrograms programs = TestServers.programs(UnprivilegedUser.insteadOfRoot(way));
        PostgresNode node = new PostgresNode(
                "n1", data.path().resolve("n1"), new FreePorts().take(1).get(0), programs);
        try {
            ClusterTemplate.create(data.path().resolve("n1"), programs, ClusterRoles.random());
            node.configure();
            node.start();
            node.awaitReady();
            String pid =
                    Files.readAllLines(data.path().resolve("n1/postmaster.pid")).get(0);
            assertThat(ProcessHandle.current().children())
                    .extracting(child -> Long.toString(child.pid()))
                    .contains(pid);
        } finally {
            node.beginStop("INT");
            node.awaitStop(Duration.ofSeconds(2));
            data.close();
        }
    }

    @Test
    void takesOtherPortsWhenOneIsTakenInBetweenAndStopsFrozenNodesCleanly() throws Exception {
        DataFolder data = DataFolder.create(instance);
        Map<Long, Long> before = ownersOfSharedMemory();
        List<Long> pids = new ArrayList<>();
        try (ServerSocket thief = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            UnprivilegedUser user = data.root()
                    ? UnprivilegedUser.insteadOfRoot(UnprivilegedUser.Way.values())
                    : UnprivilegedUser.self();
            PostgresCluster cluster = new PostgresCluster(
                    data.path(),
                    TestServers.programs(user),
                    ClusterRoles.random(),
                    stolenOnce(thief.getLocalPort()),
                    false);
            try {
                cluster.create();
                cluster.start();
                assertThat(cluster.nodes()).extracting(PostgresNode::port).doesNotContain(thief.getLocalPort());
                for (PostgresNode node : cluster.nodes()) {
                    pids.add(freeze(data.path().resolve(node.id())));
                }
            } finally {
                long begin = System.nanoTime();
                cluster.stop();
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
                data.close();
            }
        }
        await().atMost(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(TestServers.children()).isEmpty());
        assertThat(pids).hasSize(3);
        Map<Long, Long> left = ownersOfSharedMemory();
        left.keySet().removeAll(before.keySet());
        assertThat(left.values()).doesNotContainAnyElementsOf(pids);
    }

    /** By id, the processes that made the segments which the kernel has; their numbers are used again. */
    private static Map<Long, Long> ownersOfSharedMemory() throws IOException {
        Path segments = Path.of("/proc/sysvipc/shm");
        assumeTrue(Files.isReadable(segments), "not Linux");
        return Files.readAllLines(segments).stream()
                .skip(1)
                .map(line -> line.trim().split(" +"))
                .collect(Collectors.toMap(segment -> Long.valueOf(segment[1]), segment -> Long.valueOf(segment[4])));
    }

    private static FreePorts stolenOnce(int port) {
        return new FreePorts() {
            private boolean stolen;

            @Override
            List<Integer> take(int count) throws IOException {
                List<Integer> ports = new ArrayList<>(super.take(count));
                if (!stolen) {
                    stolen = true;
                    ports.set(count - 1, port);
                }
                return ports;
            }
        };
    }

    private static long freeze(Path node) throws Exception {
        ProcessHandle server = ProcessHandle.of(Long.parseLong(
                        Files.readAllLines(node.resolve("postmaster.pid")).get(0)))
                .orElseThrow();
        List<ProcessHandle> all =
                Stream.concat(Stream.of(server), server.descendants()).toList();
        assertThat(all).hasSizeGreaterThan(2);
        for (ProcessHandle process : all) {
            new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + process.pid())
                    .start()
                    .waitFor();
        }
        return server.pid();
    }
}
