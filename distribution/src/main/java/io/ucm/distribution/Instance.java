// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one run, which only its owner can enter: the framework's storage, logs, and what bundles put there.
 *
 * <p>A lock in it is held while the process lives, whichever way it ends: so {@link Leftovers} knows a dead one.
 */
record Instance(Path folder, HeldLock lock) {

    static final String PREFIX = "ucm-";
    static final String LOCK = "instance.lock";

    static Instance create() throws IOException {
        return createIn(temporary());
    }

    /** The lock appears under its name only when it is held: a folder without it is nobody's leftover. */
    static Instance createIn(Path parent) throws IOException {
        Path folder = Files.createTempDirectory(parent, PREFIX);
        Path unnamed = folder.resolve(LOCK + ".new");
        HeldLock lock =
                HeldLock.tryTake(unnamed).orElseThrow(() -> new IOException(unnamed + " is locked by another process"));
        Files.move(unnamed, folder.resolve(LOCK));
        return new Instance(folder, lock);
    }

    static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    Path storage() {
        return folder.resolve("framework");
    }

    /** Removes the folder; links are removed, not followed. */
    void delete() throws IOException {
        delete(folder);
        lock.close();
    }

    /** The lock's file goes last: what is killed meanwhile can still be told from what was never ours. */
    static void delete(Path folder) throws IOException {
        List<Path> entries;
        try (Stream<Path> listed = Files.list(folder)) {
            entries = listed.filter(entry -> !entry.endsWith(LOCK)).toList();
        }
        for (Path entry : entries) {
            FileTree.delete(entry);
        }
        FileTree.delete(folder);
    }
}
