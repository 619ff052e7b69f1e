// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The folder that configuration comes from and logs go to: the operator's, or the instance's own, which is empty.
 *
 * <p>In it are {@code conf}, {@code deploy} and {@code log}, made when they are missing, and optionally {@code secrets}
 * and {@code logback.xml}. The operator's also has {@code state}, which only its owner can enter: {@link
 * Options#STATE_FOLDER}.
 */
record OperatorFolder(Path folder) {

    private static final FileAttribute<?> FOR_OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Throws one message if the folder is not there or nothing can be made in it. */
    static OperatorFolder of(@Nullable Path config, Instance instance) throws IOException {
        if (config == null) {
            return made(instance.folder(), instance.folder().toString());
        }
        String option = "--config " + config;
        Path folder = config.toAbsolutePath().normalize();
        if (!Files.isDirectory(folder)) {
            throw new IOException(option + ": " + (Files.exists(folder) ? "is no folder" : "there is no such folder"));
        }
        OperatorFolder operators = made(folder, option);
        make(operators.state(), option, FOR_OWNER_ONLY);
        return operators;
    }

    private static OperatorFolder made(Path folder, String who) throws IOException {
        OperatorFolder made = new OperatorFolder(folder);
        for (Path part : new Path[] {made.conf(), made.deploy(), made.log()}) {
            make(part, who);
        }
        return made;
    }

    private static void make(Path part, String who, FileAttribute<?>... attributes) throws IOException {
        try {
            Files.createDirectories(part, attributes);
        } catch (IOException e) {
            throw new IOException(who + ": cannot make the folder " + part.getFileName(), e);
        }
    }

    Path conf() {
        return folder.resolve("conf");
    }

    Path deploy() {
        return folder.resolve("deploy");
    }

    Path log() {
        return folder.resolve("log");
    }

    Path state() {
        return folder.resolve("state");
    }

    Path secrets() {
        return folder.resolve("secrets");
    }

    /** The operator's own, if there is one. */
    Path logback(Home home) {
        Path own = folder.resolve("logback.xml");
        return Files.isRegularFile(own) ? own : home.conf().resolve("logback.xml");
    }
}
