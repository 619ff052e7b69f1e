// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a user's running servers are found by their names. Only that user can enter it; a folder that somebody else made
 * is refused, never used.
 *
 * <p>A server is a lock that lives as long as its process ({@code NAME.lock}) and, once it can be talked to, a
 * {@link ServerAddress} ({@code NAME.address}).
 */
record ServerFolder(Path folder) {

    private static final String LOCK = ".lock";
    private static final String ADDRESS = ".address";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    /** Who looks whether a server lives holds its lock for a moment. */
    private static final int ATTEMPTS = 20;

    static ServerFolder ofUser() {
        return of(System.getenv("XDG_RUNTIME_DIR"), Instance.temporary());
    }

    /** In the session's own folder where the system made one for this user, else beside other temporary files. */
    static ServerFolder of(@Nullable String runtime, Path temporary) {
        if (runtime != null && !runtime.isBlank()) {
            Path session = Path.of(runtime);
            if (session.isAbsolute() && isUsable(session)) {
                return new ServerFolder(session.resolve("ucm"));
            }
        }
        return new ServerFolder(temporary.resolve("ucm-" + Owner.name()));
    }

    private static boolean isUsable(Path session) {
        try {
            return Files.isDirectory(session) && Files.isWritable(session) && Owner.owns(session);
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes a name until {@link ServerEntry#close()}; throws with the holder's process if a live server has it. */
    ServerEntry register(String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name + LOCK);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            create();
            Optional<HeldLock> reserved = reserve(file);
            if (reserved.isPresent()) {
                HeldLock lock = reserved.get();
                Path address = folder.resolve(name + ADDRESS);
                // Before anybody sees the lock held: that of a killed one would be taken for ours.
                Files.deleteIfExists(address);
                if (lock.tryHold()) {
                    return new ServerEntry(folder, file, address, lock);
                }
                lock.close();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new IOException("the name '%s' is taken by the server of process %s; choose another with --name"
                .formatted(name, pid(file)));
    }

    /**
     * The file may be removed by its last holder between opening and locking: then the lock is worth nothing. It is not
     * opened to find that out, which would end the lock.
     */
    private static Optional<HeldLock> reserve(Path file) throws IOException {
        try {
            createIfMissing(file);
            Object before = key(file);
            Optional<HeldLock> taken = HeldLock.tryReserve(file);
            if (taken.isPresent() && !before.equals(key(file))) {
                taken.get().close();
                return Optional.empty();
            }
            if (taken.isPresent()) {
                taken.get()
                        .channel()
                        .truncate(0)
                        .write(UTF_8.encode(ProcessHandle.current().pid() + "\n"));
            }
            return taken;
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static void createIfMissing(Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // Another server's, living or dead.
        }
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private void create() throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
        } catch (FileAlreadyExistsException e) {
            check();
        }
    }

    /** Throws unless the folder is ours alone. */
    private void check() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is no folder; servers of this user are found there, remove it");
        }
        if (!Owner.owns(folder)) {
            throw new IOException(folder + " belongs to "
                    + Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).getName() + ", not to " + Owner.name()
                    + ", and is not trusted; set XDG_RUNTIME_DIR to a folder of your own");
        }
        if (!PRIVATE.equals(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))) {
            throw new IOException(folder + " can be entered by others; chmod 700 it");
        }
    }

    /** The names of the servers that live, in order; none if there is no folder. */
    List<String> living() throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : names()) {
            if (isLiving(name)) {
                names.add(name);
            }
        }
        return names;
    }

    /** The names of all servers that live or were killed. */
    List<String> names() throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        check();
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(entry -> entry.endsWith(LOCK))
                    .map(entry -> entry.substring(0, entry.length() - LOCK.length()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private boolean isLiving(String name) throws IOException {
        try {
            Optional<HeldLock> free = HeldLock.tryTakeExisting(folder.resolve(name + LOCK));
            if (free.isPresent()) {
                free.get().close();
            }
            return free.isEmpty();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Absent while the server does not listen yet. */
    Optional<ServerAddress> address(String name) throws IOException {
        String text = readIfThere(folder.resolve(name + ADDRESS));
        return text.isEmpty() ? Optional.empty() : Optional.of(ServerAddress.parse(text));
    }

    Path addressFile(String name) {
        return folder.resolve(name + ADDRESS);
    }

    private static String pid(Path file) throws IOException {
        String pid = readIfThere(file).strip();
        return pid.isEmpty() ? "?" : pid;
    }

    private static String readIfThere(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
