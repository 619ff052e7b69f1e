// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what containers of this user left when they were killed: their servers, and the data folders of one run. Used by
 * one thread; several processes may do it at once.
 *
 * <p>A folder is a dead container's when it lies where such folders are made, belongs to this user, and its lock is
 * free. A process is that container's when it runs one of the servers' programs and works in the folder; where its
 * working folder can't be seen (another system than Linux, or a root without that right), when its command line names
 * the folder and its id is the one that the server wrote there. All else is left alone.
 */
final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(5);
    private static final int LOOKS = 3;
    private static final Set<String> SERVERS = Set.of("postgres", "initdb", "redis-server");
    /** What runs for a moment before it replaces itself by a server. */
    private static final Set<String> PRELUDES = Set.of("setsid", "setpriv", "chroot", "unshare");

    private static final String DELETED = " (deleted)";

    private final int user;

    Leftovers() throws IOException {
        this.user = ownUser();
    }

    private static int ownUser() throws IOException {
        Path own = Files.createTempFile(DataFolder.PREFIX, ".tmp");
        try {
            return (Integer) Files.getAttribute(own, "unix:uid");
        } finally {
            Files.deleteIfExists(own);
        }
    }

    /** Looks in the places where folders for one run are made. */
    void endAll(@Nullable Path instance) {
        for (Path folder : candidates(instance)) {
            try {
                Optional<Ownership> ownership = Ownership.take(folder);
                if (ownership.isPresent()) {
                    endAllOn(folder);
                    ownership.get().deleteFolder();
                    LOG.info("embedded: removed {}, which a killed container had left", folder);
                }
            } catch (IOException e) {
                LOG.warn("embedded: what a killed container left in {} could not be removed", folder, e);
            }
        }
    }

    private Set<Path> candidates(@Nullable Path instance) {
        Set<Path> found = new TreeSet<>();
        for (Path place : List.of(DataFolder.MEMORY, Path.of(System.getProperty("java.io.tmpdir")))) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, "ucm-*")) {
                for (Path entry : entries) {
                    if (entry.getFileName().toString().startsWith(DataFolder.PREFIX)) {
                        found.add(entry);
                    } else if (own(entry)) {
                        found.add(entry.resolve(DataFolder.NAME));
                    }
                }
            } catch (IOException e) {
                LOG.debug("embedded: {} not looked through", place, e);
            }
        }
        if (instance != null) {
            found.add(instance.resolve(DataFolder.NAME));
        }
        found.removeIf(folder -> !own(folder) || !Ownership.claimed(folder));
        return found;
    }

    private boolean own(Path folder) {
        try {
            return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS)
                            .equals(user);
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the servers that run in a folder which this process has just taken from a dead one. */
    void endAllOn(Path folder) throws IOException {
        Path real = folder.toRealPath();
        int ended = end(process -> worksIn(process, folder, real));
        for (Path entry : Folders.list(folder)) {
            if (PostgresCluster.IDS.contains(entry.getFileName().toString())) {
                SharedSegment.remove(entry);
            }
        }
        if (ended > 0) {
            LOG.info("embedded: ended {} processes that a killed container had left on {}", ended, folder);
        }
    }

    /**
     * Ends servers of these very programs whose folder is gone, because somebody removed the whole instance before its
     * servers were ended. One whose parent is a Java process is left to that.
     */
    void endAllWithoutFolder(List<Path> programs) {
        Set<String> own = Set.copyOf(programs.stream().map(Path::toString).toList());
        int ended = end(process -> own.contains(Proc.program(process).orElse(""))
                && Proc.workingFolder(process)
                        .orElse("")
                        .matches(".*/(embedded|ucm-embedded-[^/]+)/(n[123]|redis)" + " \\(deleted\\)")
                && process.parent().filter(Leftovers::isNoContainer).isPresent());
        if (ended > 0) {
            LOG.info("embedded: ended {} processes of a killed container whose data folder was gone", ended);
        }
    }

    /** The first process takes over orphans, and may be too much of a stranger to tell its program. */
    private static boolean isNoContainer(ProcessHandle parent) {
        return Proc.program(parent)
                .map(program -> !name(program).equals("java"))
                .orElse(parent.pid() == 1);
    }

    private static int end(Predicate<ProcessHandle> left) {
        int ended = 0;
        for (int look = 0; look < LOOKS; look++) {
            List<ProcessHandle> found = new ArrayList<>();
            ProcessHandle.allProcesses().filter(left).forEach(found::add);
            if (found.isEmpty()) {
                break;
            }
            for (ProcessHandle process : found) {
                if (!new ProcessTree(process, left).kill(KILL_LIMIT)) {
                    LOG.warn("embedded: process {}, which a killed container left, could not be ended", process.pid());
                }
            }
            ended += found.size();
        }
        return ended;
    }

    private static boolean worksIn(ProcessHandle process, Path folder, Path real) {
        if (Proc.ended(process)) {
            return false;
        }
        Optional<String> program = Proc.program(process);
        Optional<String> place = Proc.workingFolder(process);
        if (program.isPresent() && place.isPresent()) {
            return isIn(process, place.get(), real) && isServer(program.get(), Proc.command(process));
        }
        List<String> command = Proc.command(process);
        return command.stream().anyMatch(argument -> SERVERS.contains(name(argument)))
                && command.stream().anyMatch(argument -> argument.contains(folder + "/"))
                && written(folder).contains(Long.toString(process.pid()));
    }

    /** The same path can be another folder for a process in a container of the system's. */
    private static boolean isIn(ProcessHandle process, String place, Path real) {
        Path path = Path.of(place);
        try {
            return path.startsWith(real)
                    && Files.isSameFile(Path.of("/proc", Long.toString(process.pid()), "cwd"), path);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isServer(String program, List<String> command) {
        return SERVERS.contains(name(program))
                || PRELUDES.contains(name(program))
                        && command.stream().anyMatch(argument -> SERVERS.contains(name(argument)));
    }

    private static String name(String program) {
        String file = program.substring(program.lastIndexOf('/') + 1);
        return file.endsWith(DELETED) ? file.substring(0, file.length() - DELETED.length()) : file;
    }

    /** The ids that the servers wrote into their data folders. */
    private static List<String> written(Path folder) {
        return Stream.of("n1/postmaster.pid", "n2/postmaster.pid", "n3/postmaster.pid", "redis/redis.pid")
                .map(folder::resolve)
                .filter(Files::isReadable)
                .flatMap(file -> {
                    try {
                        return Files.readAllLines(file).stream().limit(1).map(String::trim);
                    } catch (IOException e) {
                        return Stream.empty();
                    }
                })
                .toList();
    }
}
