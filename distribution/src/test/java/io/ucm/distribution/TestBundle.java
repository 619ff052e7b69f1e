// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Makes bundles of one public activator class each, for containers that need something to go wrong. */
final class TestBundle {

    private static final String FRAMEWORK = "org.osgi.framework";
    private static final String SHELL = ",org.apache.felix.service.command;resolution:=optional";

    private TestBundle() {}

    static Path activatedBy(Class<?> activator, Path folder) {
        return write(folder, activator.getSimpleName(), activator, FRAMEWORK + SHELL);
    }

    /** A bundle that can't resolve, because nobody exports the package. */
    static Path importing(String packageName, String name, Path folder) {
        return write(folder, name, null, packageName);
    }

    private static Path write(Path folder, String name, Class<?> activator, String imports) {
        Attributes headers = new Attributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "test." + name);
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Import-Package", imports);
        if (activator != null) {
            headers.putValue("Bundle-Activator", activator.getName());
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putAll(headers);
        Path jar = folder.resolve("test." + name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            if (activator != null) {
                copy(activator, out);
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Class<?> type, JarOutputStream out) throws IOException {
        String file = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(file));
        try (InputStream in = type.getClassLoader().getResourceAsStream(file)) {
            in.transferTo(out);
        }
    }
}
