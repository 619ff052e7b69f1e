// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whom the servers run as: this process's own user, or, because PostgreSQL refuses root, uid 65534. Immutable. The
 * command in front replaces itself by the server, so that the child's pid is the server's.
 */
final class UnprivilegedUser {

    private static final int ID = 65534;
    private static final long TRIAL_SECONDS = 5;
    /** It replaces itself by the server, because a child of this process leads no group yet. */
    private static final List<String> OWN_SESSION = onPath("setsid") ? List.of("setsid") : List.of();

    /** How root gets rid of its rights. In a user namespace the files stay root's, outside and thus inside. */
    enum Way {
        SETPRIV(true, "setpriv", "--reuid=" + ID, "--regid=" + ID, "--clear-groups", "--"),
        CHROOT(true, "chroot", "--userspec=" + ID + ":" + ID, "/"),
        USER_NAMESPACE(false, "unshare", "-U");

        private final boolean ownsFiles;
        private final List<String> command;

        Way(boolean ownsFiles, String... command) {
            this.ownsFiles = ownsFiles;
            this.command = List.of(command);
        }
    }

    private final @Nullable Way way;

    private UnprivilegedUser(@Nullable Way way) {
        this.way = way;
    }

    static UnprivilegedUser self() {
        return new UnprivilegedUser(null);
    }

    /** The first way that works here. */
    static UnprivilegedUser insteadOfRoot(Way... ways) throws IOException, InterruptedException {
        List<String> refusals = new ArrayList<>();
        for (Way way : ways) {
            String answer = userId(way);
            if (answer.matches("[1-9][0-9]*")) {
                return new UnprivilegedUser(way);
            }
            refusals.add(String.join(" ", way.command) + ": " + answer);
        }
        throw new IOException("PostgreSQL refuses to run as root, and no other user can be taken on here: " + refusals);
    }

    private static String userId(Way way) throws InterruptedException {
        List<String> command = new ArrayList<>(way.command);
        command.addAll(List.of("id", "-u"));
        try {
            Process trial =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                trial.getOutputStream().close();
                if (!trial.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS)) {
                    return "no answer within " + TRIAL_SECONDS + " s";
                }
                return new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            } finally {
                trial.destroyForcibly();
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** In a session of its own where that can be had, so that a terminal's Ctrl-C reaches this process alone. */
    List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>(OWN_SESSION);
        whole.addAll(way == null ? List.of() : way.command);
        whole.addAll(command);
        return whole;
    }

    private static boolean onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> folder.startsWith("/") && Files.isExecutable(Path.of(folder, program)));
    }

    /** Whether the user can enter the folder. This process can. */
    boolean reaches(Path folder) throws IOException, InterruptedException {
        if (way == null) {
            return true;
        }
        List<String> command = new ArrayList<>(way.command);
        command.addAll(List.of("/bin/sh", "-c", "cd \"$0\"", folder.toString()));
        Process trial = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            trial.getOutputStream().close();
            return trial.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS) && trial.exitValue() == 0;
        } finally {
            trial.destroyForcibly();
        }
    }

    /** Whether the file or folder belongs to the user, as what is given to it does. */
    boolean owns(Path path) throws IOException {
        Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (way != null) {
            return owner.equals(way.ownsFiles ? ID : 0);
        }
        return owner.equals(Files.getAttribute(path.getParent(), "unix:uid", LinkOption.NOFOLLOW_LINKS));
    }

    /** Gives a file or folder, not what is in it, to the user. */
    Path own(Path path) throws IOException {
        if (way != null && way.ownsFiles) {
            Files.setAttribute(path, "unix:gid", ID, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", ID, LinkOption.NOFOLLOW_LINKS);
        }
        return path;
    }

    /** A new folder that only the user may enter. */
    Path createFolder(Path folder) throws IOException {
        return own(Folders.create(folder, "rwx------"));
    }

    /** A new file that only the user may read. */
    Path createSecret(Path file, String content) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
        return own(file);
    }

    @Override
    public String toString() {
        return way == null ? "this process's user" : "uid " + ID + " by " + way.command.get(0);
    }
}
