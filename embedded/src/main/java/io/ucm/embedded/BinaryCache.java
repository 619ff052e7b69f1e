// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps unpacked binaries, a folder for each version and platform, for all later runs. Thread-safe, and safe between
 * processes: a folder appears under its name only when it is whole, and all that come for it at once get that one.
 */
final class BinaryCache {

    private static final String UNFINISHED = ".unpacking-";
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final List<Path> places;

    /** The first place that already has what is wanted, else the first that can be written to, is used. */
    BinaryCache(List<Path> places) {
        this.places = List.copyOf(places);
    }

    /** Fills an empty folder. */
    @FunctionalInterface
    interface Unpacking {
        void into(Path folder) throws IOException;
    }

    /** The folder of that name, unpacked now if it is nowhere yet. */
    Path folder(String name, Unpacking unpacking) throws IOException {
        for (Path place : places) {
            if (Files.isDirectory(place.resolve(name))) {
                return place.resolve(name);
            }
        }
        Path unfinished = unfinishedFolder();
        try {
            unpacking.into(unfinished);
            return finish(unfinished, unfinished.resolveSibling(name));
        } finally {
            Folders.delete(unfinished);
        }
    }

    private Path unfinishedFolder() throws IOException {
        List<IOException> refusals = new ArrayList<>();
        for (Path place : places) {
            try {
                createAll(place);
                deleteAbandoned(place);
                Path folder = Files.createTempDirectory(place, UNFINISHED);
                return Folders.permit(folder, "rwxr-xr-x");
            } catch (IOException e) {
                refusals.add(e);
            }
        }
        throw new IOException(
                "no folder for unpacked binaries can be written to (ucm.cache.dir chooses one): " + refusals);
    }

    private static Path finish(Path unfinished, Path folder) throws IOException {
        try {
            return Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (Files.isDirectory(folder)) {
                return folder;
            }
            throw e;
        }
    }

    private static void createAll(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        if (folder.getParent() != null) {
            createAll(folder.getParent());
        }
        try {
            Folders.create(folder, "rwxr-xr-x");
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    private static void deleteAbandoned(Path place) throws IOException {
        Instant limit = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(place, UNFINISHED + "*")) {
            for (Path folder : unfinished) {
                if (Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
                    Folders.delete(folder);
                }
            }
        }
    }
}
