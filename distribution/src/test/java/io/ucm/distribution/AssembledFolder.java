// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder that the build assembled, and variants of it. */
final class AssembledFolder {

    private AssembledFolder() {}

    /** As the build left it. */
    static Path original() {
        return Path.of(System.getProperty("ucm.test.home"));
    }

    /**
     * A variant without UCM's own bundles, but with others at one start level: what tests of the launcher need, and no
     * servers. Bundles are linked, not copied.
     */
    static Path platformWith(Path folder, int level, Path... bundles) {
        try {
            copy(original().resolve("lib"), folder.resolve("lib"));
            copy(original().resolve("conf"), folder.resolve("conf"));
            for (Home.BundleFile bundle : new Home(original()).bundles()) {
                if (!bundle.file().getFileName().toString().startsWith("io.ucm.")) {
                    link(bundle.file(), folder, bundle.level());
                }
            }
            for (Path bundle : bundles) {
                link(bundle, folder, level);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path bundle, Path folder, int level) throws IOException {
        Path target = folder.resolve("bundles/" + level).resolve(bundle.getFileName());
        Files.createDirectories(target.getParent());
        Files.createSymbolicLink(target, bundle);
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(from)) {
            entries = walk.toList();
        }
        for (Path entry : entries) {
            Path target = to.resolve(from.relativize(entry).toString());
            Files.createDirectories(target.getParent());
            Files.copy(entry, target);
        }
    }
}
