// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerFolderTest {

    @TempDir
    private Path temporary;

    @Test
    void isTheSessionsOwnWhereTheSystemMadeOne() throws IOException {
        Path session = Files.createDirectory(temporary.resolve("session"));

        assertThat(ServerFolder.of(session.toString(), temporary).folder()).isEqualTo(session.resolve("ucm"));
    }

    @Test
    void isBesideOtherTemporaryFilesWhereTheSystemMadeNone() {
        Path fallback = temporary.resolve("ucm-" + Owner.name());

        for (String runtime :
                new String[] {null, "", "relative", temporary.resolve("nowhere").toString()}) {
            assertThat(ServerFolder.of(runtime, temporary).folder()).isEqualTo(fallback);
        }
    }

    @Test
    void publishesWhatOnlyTheOwnerCanRead() throws Exception {
        ServerFolder servers = ServerFolder.of(null, temporary);
        ServerAddress address = new ServerAddress(7, 1234, Token.random());
        try (ServerEntry entry = servers.register("a")) {
            assertThat(servers.address("a")).isEmpty();
            entry.publish(address);

            assertThat(servers.living()).containsExactly("a");
            ServerAddress read = servers.address("a").orElseThrow();
            assertThat(read.pid()).isEqualTo(7);
            assertThat(read.port()).isEqualTo(1234);
            assertThat(read.token().matches(address.token().bytes())).isTrue();
            assertThat(Files.getPosixFilePermissions(servers.addressFile("a")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(servers.folder()).doesNotExist();
        assertThat(servers.living()).isEmpty();
    }

    @Test
    void takesOverWhatADeadServerLeft() throws Exception {
        ServerFolder servers = ServerFolder.of(null, temporary);
        Files.createDirectory(
                servers.folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(servers.folder().resolve("a.lock"), "1\n");
        Files.writeString(servers.addressFile("a"), "1\n2\n3\n");

        assertThat(servers.living()).isEmpty();
        assertThat(servers.names()).containsExactly("a");
        try (ServerEntry entry = servers.register("a")) {
            assertThat(entry).isNotNull();
            assertThat(servers.living()).containsExactly("a");
            assertThat(servers.address("a")).as("where the dead one listened").isEmpty();
        }
    }

    @Test
    void nobodySeesWhereADeadServerListenedAsItsSuccessorsAddress() throws Exception {
        ServerFolder servers = ServerFolder.of(null, temporary);
        Path folder = Files.createDirectory(
                servers.folder(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path other = Files.createFile(folder.resolve("keeps-the-folder"));
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<Integer> looking = new FutureTask<>(() -> {
            int wrong = 0;
            while (!over.get()) {
                for (String name : servers.living()) {
                    wrong += Files.exists(servers.addressFile(name)) ? 1 : 0;
                }
            }
            return wrong;
        });
        new Thread(looking, "looks").start();

        for (int round = 0; round < 200; round++) {
            String name = "killed-" + round;
            Files.writeString(servers.addressFile(name), "1\n2\n3\n");
            Files.writeString(folder.resolve(name + ".lock"), "1\n");
            servers.register(name).close();
        }

        over.set(true);
        assertThat(looking.get()).isZero();
        assertThat(other).exists();
    }

    @Test
    void refusesALinkInItsPlace() throws IOException {
        ServerFolder servers = ServerFolder.of(null, temporary);
        Files.createSymbolicLink(servers.folder(), Files.createDirectory(temporary.resolve("elsewhere")));

        assertThatThrownBy(() -> servers.register("a")).hasMessageContaining("is no folder");
        assertThatThrownBy(servers::living).hasMessageContaining("is no folder");
    }

    @Test
    void anAddressThatIsNoneIsNotRepeated() {
        assertThatThrownBy(() -> ServerAddress.parse("secret"))
                .hasMessage("it is no server's address")
                .hasNoCause();
    }

    @Test
    void aTokenIsNotPrinted() {
        Token token = Token.random();

        assertThat(token.toString()).doesNotContain(token.text());
        assertThat(new ServerAddress(1, 2, token).toString()).doesNotContain(token.text());
        assertThat(token.matches(Token.random().bytes())).isFalse();
        assertThat(Token.parse(token.text()).matches(token.bytes())).isTrue();
    }
}
