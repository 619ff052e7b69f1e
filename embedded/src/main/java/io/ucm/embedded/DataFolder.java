// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The folder that the servers' data, logs and secrets live in, owned by this process until it is closed. For one run:
 * in memory where there is room, else {@code embedded} in the instance's folder, else a temporary folder. Or the
 * operator's, which is kept. Nobody but its owner can list it, and as root others can pass through it. Used by one
 * thread at a time.
 *
 * <p>A kept folder says in {@code format} what it is, and is complete once it has the roles' passwords, which are
 * written last and before the first start. Its {@code state} is for what other bundles remember of this data: it comes
 * and goes with it.
 */
final class DataFolder {

    /** Three clusters and their write-ahead logs stay well below it. */
    private static final long ROOM_BYTES = 4L << 30;

    static final Path MEMORY = Path.of("/dev/shm");
    /** The beginning of the names of folders for one run outside of an instance. */
    static final String PREFIX = "ucm-embedded-";
    /** The name of the folder for one run in an instance. */
    static final String NAME = "embedded";

    private static final String FORMAT = "format";
    private static final String FORMAT_VERSION = "1";
    private static final String ROLES = "roles";
    private static final String STATE = "state";
    private static final String ALLOWED =
            "; allowed are an empty folder, a new one in a folder that is there, and one" + " that an earlier run made";

    private final Path path;
    private final boolean root;
    private final Ownership ownership;
    private final boolean kept;
    /** Whether the folder itself is to go when it never became complete. */
    private final boolean fresh;

    private DataFolder(Path path, Ownership ownership, boolean kept, boolean fresh) throws IOException {
        this.path = path;
        this.ownership = ownership;
        this.kept = kept;
        this.fresh = fresh;
        this.root = Integer.valueOf(0).equals(Files.getAttribute(path, "unix:uid"));
    }

    /** A new one for one run, in memory if it may be and there is room. */
    static DataFolder create(@Nullable Path instance, boolean inMemory) throws IOException {
        return inMemory && roomInMemory() ? owned(Files.createTempDirectory(MEMORY, PREFIX), null) : create(instance);
    }

    /** A new one on disk for one run. */
    static DataFolder create(@Nullable Path instance) throws IOException {
        return owned(
                instance == null ? Files.createTempDirectory(PREFIX).toAbsolutePath() : createIn(instance), instance);
    }

    /** Three thousand small files are made for one run: on a disk that takes seconds, in memory a tenth of one. */
    static boolean roomInMemory() throws IOException {
        return Files.isWritable(MEMORY)
                && Files.getFileStore(MEMORY).type().equals("tmpfs")
                && Files.getFileStore(MEMORY).getUsableSpace() >= ROOM_BYTES;
    }

    private static DataFolder owned(Path path, @Nullable Path instance) throws IOException {
        try {
            Ownership ownership =
                    Ownership.take(path).orElseThrow(() -> new IOException(path + " is owned by somebody else"));
            DataFolder folder = new DataFolder(path, ownership, false, true);
            if (folder.root) {
                Folders.letPass(path);
                if (instance != null) {
                    Folders.letPass(instance);
                }
            }
            return folder;
        } catch (IOException e) {
            Folders.delete(path);
            throw e;
        }
    }

    private static Path createIn(Path instance) throws IOException {
        if (!Files.isDirectory(instance) || !Files.isWritable(instance)) {
            throw refusal("ucm.instance", instance, "must be a folder that is there and can be written to");
        }
        Path path = instance.resolve(NAME);
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            if (Ownership.claimed(path)) {
                throw refusal(
                        "ucm.instance",
                        instance,
                        "its folder '" + NAME + "' is in use by process " + Ownership.pid(path)
                                + "; end that, or choose another");
            }
            Folders.delete(path);
        }
        try {
            return Folders.create(path, "rwx------");
        } catch (FileSystemException e) {
            throw refusal("ucm.instance", instance, "its folder '" + NAME + "' can't be made: " + e);
        }
    }

    /**
     * The operator's, made by an earlier run or now; refused when it is anything else. What a killed run left running
     * on it is ended.
     */
    static DataFolder keep(Path path, String postgresMajor, Leftovers leftovers) throws IOException {
        boolean fresh = !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        if (fresh) {
            createKept(path);
        } else if (!Files.isDirectory(path) || !Files.isWritable(path) || !Files.isReadable(path)) {
            throw refusal(
                    "ucm.embedded.data", path, "is no folder that process " + user() + " can read and write" + ALLOWED);
        }
        List<Path> foreign = Folders.list(path).stream()
                .filter(entry -> !Ownership.is(entry))
                .toList();
        if (!foreign.isEmpty() && !Files.isRegularFile(path.resolve(FORMAT), LinkOption.NOFOLLOW_LINKS)) {
            throw refusal(
                    "ucm.embedded.data",
                    path,
                    "was not made by UCM: it contains '" + foreign.get(0).getFileName() + "'" + ALLOWED);
        }
        Optional<Ownership> ownership = Ownership.take(path);
        if (ownership.isEmpty()) {
            throw refusal(
                    "ucm.embedded.data",
                    path,
                    "is in use by the container of process " + Ownership.pid(path) + "; end that, or choose another");
        }
        try {
            DataFolder folder = new DataFolder(path, ownership.get(), true, fresh);
            leftovers.endAllOn(path);
            folder.open(postgresMajor);
            return folder;
        } catch (IOException | RuntimeException e) {
            if (fresh) {
                ownership.get().deleteFolder();
            } else {
                ownership.get().release();
            }
            throw e;
        }
    }

    private static void createKept(Path path) throws IOException {
        Path parent = path.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw refusal("ucm.embedded.data", path, "can't be made, because " + parent + " is no folder" + ALLOWED);
        }
        try {
            Folders.create(path, "rwx------");
        } catch (FileSystemException e) {
            throw refusal("ucm.embedded.data", path, "can't be made: " + e + ALLOWED);
        }
    }

    private void open(String postgresMajor) throws IOException {
        Folders.permit(path, root ? "rwx--x--x" : "rwx------");
        Properties format = new Properties();
        if (Files.exists(path.resolve(FORMAT))) {
            try (var stream = Files.newInputStream(path.resolve(FORMAT))) {
                format.load(stream);
            }
            if (!FORMAT_VERSION.equals(format.getProperty("format"))) {
                throw refusal(
                        "ucm.embedded.data",
                        path,
                        "has format " + format.getProperty("format") + ", and this UCM knows " + FORMAT_VERSION
                                + ALLOWED);
            }
            if (!postgresMajor.equals(format.getProperty("postgres"))) {
                throw refusal(
                        "ucm.embedded.data",
                        path,
                        "was made by PostgreSQL " + format.getProperty("postgres") + ", and this UCM brings "
                                + postgresMajor + ALLOWED + " of the same PostgreSQL");
            }
        } else {
            Files.write(path.resolve(FORMAT), List.of("format=" + FORMAT_VERSION, "postgres=" + postgresMajor));
        }
        if (!complete()) {
            for (String id : PostgresCluster.IDS) {
                if (Files.exists(path.resolve(id).resolve("postmaster.opts"))) {
                    throw refusal(
                            "ucm.embedded.data",
                            path,
                            "has data of " + id + ", but its file '" + ROLES
                                    + "' with the roles' passwords is missing");
                }
            }
            ownership.deleteContent();
            Files.write(path.resolve(FORMAT), List.of("format=" + FORMAT_VERSION, "postgres=" + postgresMajor));
        }
        if (!Files.isDirectory(path.resolve(STATE))) {
            Folders.create(path.resolve(STATE), "rwx------");
        }
    }

    private static ServerFailedException refusal(String property, Path path, String why) {
        return new ServerFailedException("embedded: " + property + "=" + path + ": " + why, null);
    }

    private static String user() {
        return ProcessHandle.current().pid() + " of user " + System.getProperty("user.name");
    }

    /** Throws if the servers, which run as that user, can't work in it. */
    void checkAccess(UnprivilegedUser user) throws IOException, InterruptedException {
        if (!user.reaches(path)) {
            throw new ServerFailedException(
                    "embedded: " + path + ": " + user + ", which the servers run as, can't get there; choose a folder"
                            + " whose parents everybody may pass",
                    null);
        }
        for (String id : PostgresCluster.IDS) {
            Path node = path.resolve(id);
            if (Files.exists(node) && !user.owns(node)) {
                throw refusal(
                        "ucm.embedded.data",
                        path,
                        "was made by another user: '" + id + "' in it belongs to uid "
                                + Files.getAttribute(node, "unix:uid") + "; start as the user who made it");
            }
        }
    }

    Path path() {
        return path;
    }

    /** Whether this process acts as root: what it creates belongs to uid 0. */
    boolean root() {
        return root;
    }

    boolean kept() {
        return kept;
    }

    /** Whether an earlier run made the cluster in it. */
    boolean complete() {
        return Files.exists(rolesFile());
    }

    /** Where the roles' passwords of a kept cluster are. */
    Path rolesFile() {
        return path.resolve(ROLES);
    }

    /** Deletes it, or leaves what is kept to the next run; what never became complete leaves nothing. */
    void close() throws IOException {
        if (kept && complete()) {
            ownership.release();
        } else if (!kept || fresh) {
            ownership.deleteFolder();
        } else {
            ownership.deleteContent();
            ownership.release();
        }
    }
}
