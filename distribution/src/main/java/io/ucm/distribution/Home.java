// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The assembled folder: {@code lib}, {@code conf} and {@code bundles/<start level>}. Only read. */
record Home(Path folder) {

    /** A bundle of the assembly, and the start level that its folder names. */
    record BundleFile(int level, Path file) {}

    /** The folder whose {@code lib} this class was loaded from. */
    static Home ofLauncher() {
        try {
            Path jar = Path.of(Home.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return new Home(jar.resolve("../..").normalize());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Path conf() {
        return folder.resolve("conf");
    }

    /** In the order of installation, which bundle ids follow: by start level, then by file name. */
    List<BundleFile> bundles() throws IOException {
        List<BundleFile> files = new ArrayList<>();
        for (Path level : list(folder.resolve("bundles"))) {
            for (Path file : list(level)) {
                if (file.toString().endsWith(".jar")) {
                    files.add(new BundleFile(number(level), file));
                }
            }
        }
        files.sort(comparingInt(BundleFile::level)
                .thenComparing(comparing(bundle -> bundle.file().getFileName().toString())));
        return files;
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }

    private static int number(Path level) throws IOException {
        try {
            return Integer.parseInt(level.getFileName().toString());
        } catch (NumberFormatException e) {
            throw new IOException(level + ": expected a start level as the folder's name", e);
        }
    }
}
