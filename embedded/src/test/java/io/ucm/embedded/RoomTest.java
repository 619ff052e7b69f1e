// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A full disk is said in one sentence, whether it is seen beforehand or met. */
@ExtendWith(TestServers.class)
class RoomTest {

    @TempDir(factory = InMemory.class)
    Path parent;

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();
    private boolean mounted;

    @AfterEach
    void nothingIsLeft() throws Exception {
        try {
            assertThat(TestServers.children()).isEmpty();
            assertThat(Folders.list(parent)).as("what is left").isEmpty();
        } finally {
            if (mounted) {
                run("umount", "-l", parent.toString());
            }
        }
    }

    @Test
    void tooLittleRoomIsSeenBeforehand() {
        String instance = parent.toString();
        assertThatThrownBy(() -> TestServers.start(
                        Map.of("ucm.instance", instance), admin, new Room(path -> Room.NEW_BYTES - 1)))
                .isInstanceOf(ServerFailedException.class)
                .hasMessage("embedded: not enough room for the servers' data in " + instance
                        + "/embedded: 1024 MiB are needed, 1023 MiB are free; make room there, or choose another"
                        + " folder: ucm.embedded.data (./ucm --data DIR) or ucm.instance");
    }

    @Test
    void aSmallFileSystemIsSeenBeforehand() throws Exception {
        mount(64);
        String data = parent.resolve("data").toString();
        assertThatThrownBy(() -> TestServers.start(Map.of("ucm.embedded.data", data), admin))
                .hasMessageStartingWith("embedded: not enough room for the servers' data in " + data
                        + ": 1024 MiB are needed, 63 MiB are free");
    }

    @Test
    void aDiskThatFillsUpMeanwhileIsNamed() throws Exception {
        // From where initdb fails to where the servers' start does.
        for (int size : new int[] {20, 60, 80}) {
            mount(size);
            String data = parent.resolve("data").toString();
            assertThatThrownBy(() -> TestServers.start(
                                    Map.of("ucm.embedded.data", data), admin, new Room(path -> Long.MAX_VALUE))
                            .stop())
                    .as(size + " MiB")
                    .isInstanceOf(ServerFailedException.class)
                    .hasMessageStartingWith("embedded: not enough room for the servers' data in " + data)
                    .hasMessageContaining("1024 MiB are needed");
            assertThat(Folders.list(parent)).as(size + " MiB").isEmpty();
            run("umount", "-l", parent.toString());
            mounted = false;
        }
    }

    @Test
    void aCopyThatFindsNoRoomSaysSo() throws Exception {
        mount(200);
        Path data = parent.resolve("data");
        EmbeddedServers servers = TestServers.start(
                Map.of("ucm.embedded.data", data.toString()), admin, new Room(path -> Long.MAX_VALUE));
        try {
            TestServers.commands().kill(false, "n3");
            long free = Files.getFileStore(parent).getUsableSpace();
            Files.write(parent.resolve("filler"), new byte[(int) (free - (5 << 20))]);
            assertThatThrownBy(() -> TestServers.commands().rejoin(false, "n3"))
                    .hasMessageStartingWith(
                            "embedded: not enough room for the servers' data in " + data + ": 128 MiB are needed");
            assertThat(data.resolve("n3.new")).doesNotExist();
            assertThat(new NodeFolder(data.resolve("n3")).made()).isTrue();
        } finally {
            Files.deleteIfExists(parent.resolve("filler"));
            // The primary panicked without room, and ended if it still had none when it started again. One that is told
            // to stop
            // while it recovers hangs until it is killed.
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
                if (Files.notExists(data.resolve("n1").resolve("postmaster.pid"))) {
                    return true;
                }
                try (Connection connection = TestServers.connect(admin, "n1", "io.ucm.cluster~main")) {
                    return connection.isValid(1);
                }
            });
            servers.stop();
            Folders.delete(data);
        }
    }

    private void mount(int mebibytes) throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "mode=0711,size=" + mebibytes + "m", "ucm-test", parent.toString()),
                "mounting is not allowed");
        mounted = true;
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process program = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return program.waitFor(10, TimeUnit.SECONDS) && program.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void anInstanceThatIsNotThereIsNamed() throws Exception {
        Path missing = parent.resolve("missing");
        assertThatThrownBy(() -> TestServers.start(Map.of("ucm.instance", missing.toString()), admin))
                .hasMessageContaining(
                        "embedded: ucm.instance=" + missing + ": must be a folder that is there and can be written to");
        assertThat(Files.exists(missing)).isFalse();
    }
}
