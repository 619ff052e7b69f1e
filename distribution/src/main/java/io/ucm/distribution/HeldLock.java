// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * An exclusive lock on a file, which ends with the process at the latest. Thread-safe.
 *
 * <p>The operating system drops it as soon as the holder closes any channel to that file: the holder opens it once.
 *
 * <p>The lock is the file's first byte. Who has something to do before others see it held locks the second one first: that
 * keeps out whoever does the same, and nobody else.
 */
final class HeldLock implements AutoCloseable {

    private static final int HELD = 0;
    private static final int RESERVED = 1;

    private final FileChannel channel;

    private HeldLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the file if it isn't there, readable by its owner only; nothing if the lock is held. Follows no link. */
    static Optional<HeldLock> tryTake(Path file) throws IOException {
        return tryTake(
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                HELD);
    }

    /** The file must be there; nothing if the lock is held. Follows no link. */
    static Optional<HeldLock> tryTakeExisting(Path file) throws IOException {
        return tryTake(open(file), HELD);
    }

    /** The file must be there; nothing if it is reserved already. Not held until {@link #tryHold()}. Follows no link. */
    static Optional<HeldLock> tryReserve(Path file) throws IOException {
        return tryTake(open(file), RESERVED);
    }

    /** False if another one holds it. */
    boolean tryHold() throws IOException {
        return tryLock(channel, HELD);
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<HeldLock> tryTake(FileChannel channel, int part) throws IOException {
        boolean taken = false;
        try {
            taken = tryLock(channel, part);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        return taken ? Optional.of(new HeldLock(channel)) : Optional.empty();
    }

    private static boolean tryLock(FileChannel channel, int part) throws IOException {
        try {
            return channel.tryLock(part, 1, false) != null;
        } catch (OverlappingFileLockException e) {
            return false; // Held in this process.
        }
    }

    FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
