// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FoldersTest {

    @TempDir
    Path parent;

    @ParameterizedTest
    @ValueSource(ints = {0, 10, 1 << 20, (1 << 20) + 1, 3 * (1 << 20) + 12_345})
    void copiesAreEqual(int size) throws IOException {
        byte[] content = new byte[size];
        byte[] part = new byte[Math.min(size, 100_000)];
        new Random(size).nextBytes(part);
        System.arraycopy(part, 0, content, size / 2 - part.length / 2, part.length);
        Path from = Folders.create(parent.resolve("from"), "rwx------");
        Folders.create(from.resolve("inner"), "rwxr-x---");
        Path file = Files.write(from.resolve("inner/file"), content);
        Folders.permit(file, "rw-r-----");

        Folders.copy(from, parent.resolve("to"));

        Path copy = parent.resolve("to/inner/file");
        assertThat(copy).hasBinaryContent(content);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-r-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy.getParent())))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void deletesLinksButNotWhatTheyPointAt() throws IOException {
        Path kept = Files.writeString(parent.resolve("kept"), "kept");
        Path folder = Files.createDirectory(parent.resolve("folder"));
        Files.createSymbolicLink(folder.resolve("file"), kept);
        Files.createSymbolicLink(folder.resolve("parent"), parent);

        Folders.delete(folder);
        Folders.delete(folder);

        assertThat(folder).doesNotExist();
        assertThat(kept).hasContent("kept");
    }
}
