// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Copies the data folder of a running primary, so that a replica can start on the copy. Stateless. The copy is whole
 * when it returns; its owner and permissions are those of the original. An interrupt ends it.
 */
final class HotCopy {

    /** What a server makes anew, or must not find. */
    private static final Set<String> NO_FILES = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "backup_label",
            "backup_manifest",
            "tablespace_map",
            "standby.signal",
            "recovery.signal",
            "pg_internal.init");

    private static final Set<String> EMPTY_FOLDERS = Set.of(
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans",
            "pgsql_tmp");

    private static final String WAL = "pg_wal";
    private static final Path CONTROL = Path.of("global", "pg_control");

    private HotCopy() {}

    /** The session is one to that primary, and may wait for a checkpoint. */
    static void copy(NodeSession primary, Path from, Path to) throws IOException, SQLException {
        primary.ask("select pg_backup_start('ucm', true)");
        Files.walkFileTree(from, new Copier(from, to));
        copyControl(from.resolve(CONTROL), to.resolve(CONTROL));
        Path label =
                Files.copy(to.resolve("PG_VERSION"), to.resolve("backup_label"), StandardCopyOption.COPY_ATTRIBUTES);
        Folders.copyOwner(to.resolve("PG_VERSION"), label);
        Files.writeString(label, primary.ask("select labelfile from pg_backup_stop(false)"));
    }

    /** The server writes it in one piece while it may be read: it is whole when two readings are the same. */
    private static void copyControl(Path from, Path to) throws IOException {
        byte[] content = Files.readAllBytes(from);
        for (byte[] again = Files.readAllBytes(from);
                !Arrays.equals(content, again);
                again = Files.readAllBytes(from)) {
            content = again;
        }
        Files.write(to, content);
    }

    private static final class Copier extends SimpleFileVisitor<Path> {

        private final Path from;
        private final Path to;
        private final ByteBuffer block = Folders.block();

        Copier(Path from, Path to) {
            this.from = from;
            this.to = to;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            Path copy = to.resolve(from.relativize(folder));
            Files.copy(folder, copy, StandardCopyOption.COPY_ATTRIBUTES);
            Folders.copyOwner(folder, copy);
            return EMPTY_FOLDERS.contains(String.valueOf(folder.getFileName()))
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Path relative = from.relativize(file);
            if (!wanted(relative)) {
                return FileVisitResult.CONTINUE;
            }
            try {
                if (attributes.isRegularFile()) {
                    Folders.copySparsely(file, to.resolve(relative), block);
                } else {
                    Files.copy(
                            file, to.resolve(relative), StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
                }
            } catch (NoSuchFileException e) {
                if (Files.exists(file)) {
                    throw e;
                }
            }
            return FileVisitResult.CONTINUE;
        }

        /** The replica fetches the WAL itself, but the histories of timelines name the one that it is on. */
        private static boolean wanted(Path file) {
            String name = file.getFileName().toString();
            return file.startsWith(WAL) ? name.endsWith(".history") : !NO_FILES.contains(name);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
            if (e != null && !(e instanceof NoSuchFileException)) {
                throw e;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
