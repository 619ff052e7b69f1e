// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.file.attribute.PosixFilePermission.OWNER_EXECUTE;
import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceTest {

    @TempDir
    private Path elsewhere;

    @Test
    void onlyItsOwnerCanEnter() throws IOException {
        Instance instance = Instance.create();
        try {
            assertThat(Files.getPosixFilePermissions(instance.folder()))
                    .isEqualTo(Set.of(OWNER_READ, OWNER_WRITE, OWNER_EXECUTE));
        } finally {
            instance.delete();
        }
    }

    @Test
    void isRemovedWithoutFollowingLinks() throws IOException {
        Path kept = Files.createFile(elsewhere.resolve("kept"));
        Instance instance = Instance.create();
        Files.createSymbolicLink(instance.folder().resolve("link"), elsewhere);
        Files.createFile(instance.folder().resolve("ucm.log"));

        instance.delete();

        assertThat(instance.folder()).doesNotExist();
        assertThat(kept).exists();
    }
}
