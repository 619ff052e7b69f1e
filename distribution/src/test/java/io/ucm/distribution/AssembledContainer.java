// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.frameworkStartLevel;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.ops4j.pax.exam.Option;

/** The assembled folder's bundles with their start levels, as options of a container test. */
final class AssembledContainer {

    /** The bundles that talk to a terminal, and one that only they need. */
    private static final Set<String> TERMINAL = Set.of("org.apache.felix.gogo.jline", "jline");

    /** Where Pax Exam starts the test's own bundle; above every level of the folder. */
    private static final int TEST_LEVEL = 100;

    /** Pax Exam's own bundles start at this level and log; by then the log must be there. */
    private static final int PAX_EXAM_LEVEL = 2;

    private AssembledContainer() {}

    /** Everything but the bundles whose file name begins so, version left out. */
    static Option allBut(String... names) {
        Set<String> left = Set.of(names);
        Path instance = instance();
        List<Option> options = new ArrayList<>(List.of(
                systemProperty("ucm.instance").value(instance.toString()),
                frameworkProperty("felix.fileinstall.dir")
                        .value(instance.resolve("deploy").toString()),
                frameworkProperty("felix.fileinstall.tmpdir")
                        .value(instance.resolve("fileinstall").toString()),
                frameworkProperty("ucm.state.folder")
                        .value(instance.resolve("state").toString()),
                systemProperty("logback.configurationFile")
                        .value(new Home(AssembledFolder.original())
                                .conf()
                                .resolve("logback.xml")
                                .toString()),
                frameworkProperty("gosh.args").value("--nointeractive"),
                frameworkStartLevel(TEST_LEVEL),
                junitBundles()));
        try {
            for (Home.BundleFile file : new Home(AssembledFolder.original()).bundles()) {
                if (!TERMINAL.contains(name(file)) && !left.contains(name(file))) {
                    options.add(bundle(file.file().toUri().toString()).startLevel(level(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return composite(options.toArray(new Option[0]));
    }

    static Option all() {
        return allBut();
    }

    /** Beside the assembled folder; stays until the next clean build, for its logs. */
    private static Path instance() {
        try {
            Path instance = Files.createTempDirectory(AssembledFolder.original().getParent(), "instance-");
            Files.createDirectory(instance.resolve("deploy"));
            return instance;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int level(Home.BundleFile file) {
        return file.level() <= PAX_EXAM_LEVEL ? 1 : file.level();
    }

    /** The file's name up to its version. */
    private static String name(Home.BundleFile file) {
        return file.file().getFileName().toString().replaceFirst("-[0-9].*", "");
    }
}
