// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The room that the servers' data needs and finds on a folder's file system. Immutable. */
final class Room {

    /** Three new clusters take 0.2 GiB; their write-ahead logs grow to several times that. */
    static final long NEW_BYTES = 1L << 30;
    /** To start on data that is there: the log of the recovery. */
    static final long KEPT_BYTES = 128L << 20;

    /** What is left when a write fails for want of room, whatever the language that says so. */
    private static final long NOTHING_BYTES = 1L << 20;

    private static final String WAY_OUT =
            "make room there, or choose another folder: ucm.embedded.data (./ucm --data DIR) or ucm.instance";

    /** How many bytes are free where a path is. */
    @FunctionalInterface
    interface Meter {
        long free(Path path) throws IOException;
    }

    private final Meter meter;

    Room(Meter meter) {
        this.meter = meter;
    }

    static Room real() {
        return new Room(path -> Files.getFileStore(path).getUsableSpace());
    }

    /** Throws if less than that is free. */
    void require(Path folder, long bytes) throws IOException {
        long free = meter.free(folder);
        if (free < bytes) {
            throw tooLittle(folder, bytes, free, null);
        }
    }

    /** The failure itself, or, if it came of a full disk, one that says so. */
    Exception explain(Exception failure, Path folder, long bytes) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            return says(failure) || free < NOTHING_BYTES ? tooLittle(folder, bytes, free, failure) : failure;
        } catch (IOException e) {
            return failure;
        }
    }

    private static boolean says(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
                return true;
            }
        }
        return false;
    }

    private static ServerFailedException tooLittle(Path folder, long needed, long free, @Nullable Throwable cause) {
        return new ServerFailedException(
                String.format(
                        Locale.ROOT,
                        "embedded: not enough room for the servers' data in %s: %d MiB are needed, %d MiB are free; %s",
                        folder,
                        needed >> 20,
                        free >> 20,
                        WAY_OUT),
                cause);
    }
}
