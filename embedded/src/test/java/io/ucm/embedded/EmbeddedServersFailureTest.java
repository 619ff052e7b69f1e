// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A start that fails says why and leaves nothing. */
@ExtendWith(TestServers.class)
class EmbeddedServersFailureTest {

    private final FakeConfigurationAdmin admin = new FakeConfigurationAdmin();

    @TempDir(factory = InMemory.class)
    Path instance;

    @TempDir
    Path brokenCache;

    private int childrenBefore;

    @BeforeEach
    void count() {
        childrenBefore = TestServers.children().size();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(TestServers.children()).hasSize(childrenBefore);
        assertThat(TestServers.threads()).isEmpty();
        assertThat(admin.configurations).isEmpty();
        assertThat(instance.resolve("embedded"))
                .satisfiesAnyOf(path -> assertThat(path).doesNotExist(), path -> assertThat(path)
                        .isRegularFile());
    }

    @Test
    void theDataFolderIsAFile() throws IOException {
        Files.writeString(instance.resolve("embedded"), "mine");
        assertThatThrownBy(() -> TestServers.start(instance, TestServers.cache(), admin))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining(instance.resolve("embedded").toString());
        assertThat(instance.resolve("embedded")).hasContent("mine");
    }

    @Test
    void theCacheFolderIsAFile() throws IOException {
        Path file = Files.writeString(brokenCache.resolve("file"), "mine");
        assertThatThrownBy(() -> TestServers.start(instance, file, admin))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("PostgreSQL")
                .hasMessageContaining("unpacked")
                .hasMessageContaining(file.toString());
    }

    @Test
    void initdbIsBroken() throws IOException {
        breakPrograms("echo 'out of luck'; exit 3", "exit 1");
        assertThatThrownBy(() -> TestServers.start(instance, brokenCache, admin))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("cluster not initialized")
                .hasMessageContaining("initdb")
                .hasMessageContaining("ended with code 3")
                .hasMessageContaining("out of luck");
    }

    @Test
    void oneReplicaDoesNotStart() throws IOException {
        breakPrograms(
                "exec {}/initdb \"$@\"", "case \"$*\" in *n3) echo 'no third'; exit 1;; esac; exec {}/postgres \"$@\"");
        assertThatThrownBy(() -> TestServers.start(instance, brokenCache, admin))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("n1, n2 and n3 not started")
                .hasMessageContaining("n3: ended before it was ready")
                .hasMessageContaining("no third");
    }

    @Test
    void aConfigurationIsRefused() {
        admin.refused = "io.ucm.mode~main-ADMIN";
        assertThatThrownBy(() -> TestServers.start(instance, TestServers.cache(), admin))
                .isInstanceOf(ServerFailedException.class)
                .hasMessageContaining("configuration not published")
                .hasMessageContaining("refused io.ucm.mode~main-ADMIN");
    }

    /** Fills the broken cache with scripts in the place of programs; {} is where the real ones are. */
    private void breakPrograms(String initdb, String postgres) throws IOException {
        Folders.permit(brokenCache, "rwxr-xr-x");
        PackagedBinaries binaries = new PackagedBinaries(Platform.current());
        Path real = TestServers.programs(UnprivilegedUser.self()).home();
        Path bin = brokenCache.resolve(real.getFileName()).resolve("bin");
        Folders.create(bin.getParent(), "rwxr-xr-x");
        Folders.create(bin, "rwxr-xr-x");
        script(bin.resolve("initdb"), initdb.replace("{}", real.resolve("bin").toString()));
        script(
                bin.resolve("postgres"),
                postgres.replace("{}", real.resolve("bin").toString()));
        assertThat(binaries.postgresVersion()).isNotBlank();
    }

    private static void script(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Folders.permit(file, "rwxr-xr-x");
    }
}
