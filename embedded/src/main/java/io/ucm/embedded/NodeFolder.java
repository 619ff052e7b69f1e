// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a PostgreSQL data folder tells of itself, whether a server runs on it or not. Immutable. */
record NodeFolder(Path path) {

    /** A folder that is still being filled has a name of its own, so that this one is whole. */
    boolean made() {
        return Files.isRegularFile(path.resolve("PG_VERSION"));
    }

    /** Whether a server that starts on it is a replica: a promotion ends that. */
    boolean replica() {
        return Files.exists(path.resolve("standby.signal"));
    }

    /**
     * The highest timeline that it has heard of. A promotion writes the new timeline's history before it ends being a
     * replica; the control file tells of it only with the next checkpoint.
     */
    int timeline() throws IOException {
        int highest = 1;
        Path wal = path.resolve("pg_wal");
        if (Files.isDirectory(wal)) {
            try (DirectoryStream<Path> histories = Files.newDirectoryStream(wal, "*.history")) {
                for (Path history : histories) {
                    String name = history.getFileName().toString();
                    if (name.matches("[0-9A-F]{8}\\.history")) {
                        highest = Math.max(highest, Integer.parseUnsignedInt(name.substring(0, 8), 16));
                    }
                }
            }
        }
        return highest;
    }
}
