// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks a {@code tar.xz} with its permissions and symbolic links. Stateless.
 *
 * <p>Nothing is written outside the folder: an entry whose name leads out of it, or through a link, is refused, and so
 * is a link that leads out of it.
 */
final class TarXz {

    private static final int BUFFER_BYTES = 1 << 16;

    private TarXz() {}

    /** Unpacks into an existing folder. */
    static void unpack(InputStream archive, Path folder) throws IOException {
        Path root = folder.toRealPath();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new BufferedInputStream(
                new XZInputStream(new BufferedInputStream(archive, BUFFER_BYTES)), BUFFER_BYTES))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, root);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path root) throws IOException {
        Path path = within(root, root.resolve(entry.getName()), entry);
        if (path.equals(root)) {
            return;
        }
        Files.createDirectories(path.getParent());
        if (!path.getParent().toRealPath().equals(path.getParent())) {
            throw new IOException("entry " + entry.getName() + " leads through a link");
        }
        if (entry.isSymbolicLink()) {
            within(root, path.resolveSibling(entry.getLinkName()), entry);
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isDirectory()) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, permissions(entry.getMode()));
        } else if (entry.isFile()) {
            Files.copy(tar, path);
            Files.setPosixFilePermissions(path, permissions(entry.getMode()));
        } else {
            throw new IOException("entry " + entry.getName() + " is neither file, folder nor symbolic link");
        }
    }

    private static Path within(Path root, Path path, TarArchiveEntry entry) throws IOException {
        Path normal = path.normalize();
        if (!normal.startsWith(root)) {
            throw new IOException("entry " + entry.getName() + " leads out of the folder");
        }
        return normal;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] byBit = PosixFilePermission.values();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < byBit.length; i++) {
            if ((mode & (1 << (byBit.length - 1 - i))) != 0) {
                permissions.add(byBit[i]);
            }
        }
        return permissions;
    }
}
