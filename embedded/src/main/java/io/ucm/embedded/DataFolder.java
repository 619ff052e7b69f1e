// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the servers' data, logs and secrets live in for one run: {@code embedded} in the instance's folder,
 * or a temporary folder. Nobody but its owner can list it, and as root others can pass through it.
 */
final class DataFolder {

    private final Path path;
    private final boolean root;

    private DataFolder(Path path, boolean root) {
        this.path = path;
        this.root = root;
    }

    /** Makes it; what a killed run left in its place goes. */
    static DataFolder create(@Nullable Path instance) throws IOException {
        Path path =
                instance == null ? Files.createTempDirectory("ucm-embedded-").toAbsolutePath() : createIn(instance);
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
