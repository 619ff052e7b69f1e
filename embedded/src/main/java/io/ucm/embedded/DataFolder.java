// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the servers' data, logs and secrets live in for one run: in memory where there is room, else
 * {@code embedded} in the instance's folder, else a temporary folder. Nobody but its owner can list it, and as root
 * others can pass through it.
 */
final class DataFolder {

    /** Three clusters and their write-ahead logs stay well below it. */
    private static final long ROOM_BYTES = 4L << 30;

    static final Path MEMORY = Path.of("/dev/shm");

    private final Path path;
    private final boolean root;

    private DataFolder(Path path, boolean root) {
        this.path = path;
        this.root = root;
    }

    /** A new one, in memory if it may be and there is room. */
    static DataFolder create(@Nullable Path instance, boolean inMemory) throws IOException {
        return inMemory && roomInMemory()
                ? of(Files.createTempDirectory(MEMORY, "ucm-embedded-"), null)
                : create(instance);
    }

    /** A new one on disk; what a killed run left in its place goes. */
    static DataFolder create(@Nullable Path instance) throws IOException {
        return of(
                instance == null ? Files.createTempDirectory("ucm-embedded-").toAbsolutePath() : createIn(instance),
                instance);
    }

    /** Three thousand small files are made for one run: on a disk that takes seconds, in memory a tenth of one. */
    static boolean roomInMemory() throws IOException {
        return Files.isWritable(MEMORY)
                && Files.getFileStore(MEMORY).type().equals("tmpfs")
                && Files.getFileStore(MEMORY).getUsableSpace() >= ROOM_BYTES;
    }

    private static DataFolder of(Path path, @Nullable Path instance) throws IOException {
        try {
            boolean root = Integer.valueOf(0).equals(Files.getAttribute(path, "unix:uid"));
            if (root) {
                Folders.letPass(path);
                if (instance != null) {
                    Folders.letPass(instance);
                }
            }
            return new DataFolder(path, root);
        } catch (IOException e) {
            Folders.delete(path);
            throw e;
        }
    }

    private static Path createIn(Path instance) throws IOException {
        Path path = instance.resolve("embedded");
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            Folders.delete(path);
        }
        return Folders.create(path, "rwx------");
    }

    Path path() {
        return path;
    }

    /** Whether this process acts as root: what it creates belongs to uid 0. */
    boolean root() {
        return root;
    }

    void delete() throws IOException {
        Folders.delete(path);
    }
}
