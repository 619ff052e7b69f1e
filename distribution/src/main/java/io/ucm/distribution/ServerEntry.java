// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A server's place in its {@link ServerFolder}, held until it is closed. Not thread-safe. */
final class ServerEntry implements AutoCloseable {

    private final Path folder;
    private final Path lockFile;
    private final Path addressFile;
    private final HeldLock lock;

    ServerEntry(Path folder, Path lockFile, Path addressFile, HeldLock lock) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.addressFile = addressFile;
        this.lock = lock;
    }

    /** Who reads the address sees all of it or none. */
    void publish(ServerAddress address) throws IOException {
        Path unnamed = addressFile.resolveSibling(addressFile.getFileName() + ".new");
        Files.deleteIfExists(unnamed);
        Files.createFile(unnamed, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(unnamed, address.text());
        Files.move(unnamed, addressFile, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Also removes the folder, if no other server is in it. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(addressFile);
        Files.deleteIfExists(lockFile);
        lock.close();
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Another server's.
        }
    }
}
