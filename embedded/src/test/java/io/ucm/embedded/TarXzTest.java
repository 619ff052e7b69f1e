// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class TarXzTest {

    @TempDir
    Path parent;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void keepsExecutableBitsAndLinks() throws IOException {
        try (TarArchiveOutputStream tar = tar()) {
            file(tar, "bin/run", 0755);
            file(tar, "share/text", 0640);
            link(tar, "lib/run.so", "../bin/run");
        }
        Path folder = unpack();
        assertThat(permissions(folder.resolve("bin/run"))).isEqualTo("rwxr-xr-x");
        assertThat(permissions(folder.resolve("share/text"))).isEqualTo("rw-r-----");
        assertThat(Files.readSymbolicLink(folder.resolve("lib/run.so"))).isEqualTo(Path.of("../bin/run"));
        assertThat(folder.resolve("lib/run.so")).hasContent("bin/run");
    }

    @Test
    void refusesANameThatLeadsOut() throws IOException {
        try (TarArchiveOutputStream tar = tar()) {
            file(tar, "a/../../outside", 0644);
        }
        assertRefused("leads out of the folder");
    }

    @Test
    void refusesALinkThatLeadsOut() throws IOException {
        try (TarArchiveOutputStream tar = tar()) {
            link(tar, "a/up", "../../outside");
        }
        assertRefused("leads out of the folder");
    }

    @Test
    void refusesANameThatLeadsThroughALink() throws IOException {
        try (TarArchiveOutputStream tar = tar()) {
            file(tar, "deep/inside", 0644);
            link(tar, "link", "deep");
            file(tar, "link/file", 0644);
        }
        assertRefused("leads through a link");
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::unpack).isInstanceOf(IOException.class).hasMessageContaining(why);
        assertThat(parent.resolve("outside")).doesNotExist();
    }

    private Path unpack() throws IOException {
        Path folder = Files.createDirectory(parent.resolve("folder"));
        TarXz.unpack(new ByteArrayInputStream(bytes.toByteArray()), folder);
        return folder;
    }

    private TarArchiveOutputStream tar() throws IOException {
        return new TarArchiveOutputStream(new XZOutputStream(bytes, new LZMA2Options(0)));
    }

    private static void file(TarArchiveOutputStream tar, String name, int mode) throws IOException {
        byte[] content = name.getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static void link(TarArchiveOutputStream tar, String name, String target) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
