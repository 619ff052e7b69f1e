// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * That a living process owns a data folder: it holds a lock of the operating system on {@code lock} in it, which ends
 * with the process, however it ends. So no process id, which may be used again, decides whether the owner lives.
 * {@code owner} names it for messages. Thread-safe.
 *
 * <p>A lock file is there only once it is locked, so nobody takes a folder that is just being made. One process can't
 * see its own locks, and loses one by closing the file a second time: what this process owns, it finds out by the mark
 * in {@code owner}, without touching the lock.
 */
final class Ownership {

    private static final String LOCK = "lock";
    private static final String OWNER = "owner";
    private static final String MARK = "ucm.embedded.process";

    private final Path folder;
    private final FileChannel channel;

    private Ownership(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Takes the folder, unless a living process owns it. */
    static Optional<Ownership> take(Path folder) throws IOException {
        if (!claimed(folder)) {
            try {
                return Optional.of(claim(folder));
            } catch (FileAlreadyExistsException e) {
                // Somebody was quicker.
            }
        }
        return takeOver(folder);
    }

    /** Whether somebody has owned the folder, alive or not. */
    static boolean claimed(Path folder) {
        return Files.isRegularFile(folder.resolve(LOCK), LinkOption.NOFOLLOW_LINKS);
    }

    /** The owner's process id, as it wrote it down. */
    static String pid(Path folder) throws IOException {
        List<String> owner = owner(folder);
        return owner.isEmpty() ? "unknown" : owner.get(0);
    }

    private static Ownership claim(Path folder) throws IOException {
        Path unfinished = folder.resolve(LOCK + "-" + UUID.randomUUID() + ".new");
        FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new IOException(unfinished + " is locked by somebody else");
            }
            Files.createLink(folder.resolve(LOCK), unfinished);
            sign(folder);
            return new Ownership(folder, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static Optional<Ownership> takeOver(Path folder) throws IOException {
        List<String> owner = owner(folder);
        if (owner.size() > 1 && owner.get(1).equals(mark())) {
            return Optional.empty();
        }
        Object before = key(folder);
        FileChannel channel;
        try {
            channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            // Another file of the same name by now: the folder was deleted, and made again by a living process.
            if (lock(channel) != null && before != null && before.equals(key(folder))) {
                sign(folder);
                return Optional.of(new Ownership(folder, channel));
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static @Nullable Object key(Path folder) throws IOException {
        try {
            return Files.readAttributes(folder.resolve(LOCK), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static List<String> owner(Path folder) throws IOException {
        try {
            return Files.readAllLines(folder.resolve(OWNER));
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static void sign(Path folder) throws IOException {
        Path unfinished = folder.resolve(OWNER + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(unfinished, List.of(Long.toString(ProcessHandle.current().pid()), mark()));
        Files.move(unfinished, folder.resolve(OWNER), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The same for all bundles of this process, and of no other. */
    private static String mark() {
        return (String) System.getProperties()
                .computeIfAbsent(MARK, key -> UUID.randomUUID().toString());
    }

    /** Deletes the folder and all in it, the lock last: whoever dies meanwhile leaves an owned folder. */
    void deleteFolder() throws IOException {
        deleteContent();
        Files.deleteIfExists(folder.resolve(OWNER));
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.deleteIfExists(folder);
        channel.close();
    }

    /** Deletes all in the folder but what says who owns it. */
    void deleteContent() throws IOException {
        for (Path entry : Folders.list(folder)) {
            if (!is(entry)) {
                Folders.delete(entry);
            }
        }
    }

    /** Leaves the folder to the next owner. Who has just opened this lock file will see that it isn't the one. */
    void release() throws IOException {
        Files.deleteIfExists(folder.resolve(OWNER));
        Files.deleteIfExists(folder.resolve(LOCK));
        channel.close();
    }

    /** Whether a file in the folder is one of these. */
    static boolean is(Path entry) {
        String name = entry.getFileName().toString();
        return name.equals(LOCK) || name.startsWith(LOCK + "-") || name.startsWith(OWNER);
    }
}
