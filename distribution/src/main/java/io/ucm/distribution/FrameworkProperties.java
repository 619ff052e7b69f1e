// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.framework.Constants;

/** What the framework and its bundles are told by properties. */
final class FrameworkProperties {

    private static final String FILE_INSTALL = "felix.fileinstall.";
    private static final String SECRETS = "org.apache.felix.configadmin.plugin.interpolation.secretsdir";

    private FrameworkProperties() {}

    /** With the highest level in force from the beginning, a bundle starts when it is told to, in our thread. */
    static Map<String, String> of(
            Home home, List<Home.BundleFile> files, Instance instance, OperatorFolder folder, boolean interactive) {
        int level = files.stream().mapToInt(Home.BundleFile::level).max().orElse(1);
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith(CommandLine.PROPERTIES))
                .forEach(name -> properties.put(name, System.getProperty(name)));
        properties.put(Constants.FRAMEWORK_STORAGE, instance.storage().toString());
        properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, String.valueOf(level + 1));
        properties.put("gosh.home", home.conf().toString());
        properties.put("gosh.args", interactive ? "--nohistory" : "--nointeractive");
        properties.put(SECRETS, folder.secrets().toString());
        properties.putIfAbsent(
                Options.STATE_FOLDER, instance.folder().resolve("state").toString());
        putFileInstall(properties, instance, folder, level + 1);
        return properties;
    }

    /** Deployed bundles start last, so they stop first. Configurations are never written back. */
    private static void putFileInstall(
            Map<String, String> properties, Instance instance, OperatorFolder folder, int level) {
        Map.of(
                        "dir", folder.conf() + "," + folder.deploy(),
                        "noInitialDelay", "true",
                        "poll", "1000",
                        "enableConfigSave", "false",
                        "start.level", String.valueOf(level),
                        "active.level", "0",
                        "filter", "[^.].*\\.(jar|cfg|cfg\\.json)",
                        "subdir.mode", "skip",
                        "tmpdir", instance.folder().resolve("fileinstall").toString(),
                        "log.level", "2")
                .forEach((name, value) -> properties.put(FILE_INSTALL + name, value));
    }
}
