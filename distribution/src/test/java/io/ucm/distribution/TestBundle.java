// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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

    /** A bundle that uses the managers. */
    static Path consuming(Class<?> activator, Path folder) {
        return write(folder, activator.getSimpleName(), activator, FRAMEWORK + ",io.ucm.api,javax.sql");
    }

    /** The same, which takes whatever package it asks for from whoever has it. */
    static Path importingAnything(Class<?> activator, Path folder) {
        return write(folder, activator.getSimpleName(), activator, FRAMEWORK + ",io.ucm.api,javax.sql", null, "*");
    }

    /** A bundle that can't resolve, because nobody exports the package. */
    static Path importing(String packageName, String name, Path folder) {
        return write(folder, name, null, packageName);
    }

    /** A bundle whose only component needs a manager with that target. */
    static Path waitingFor(String target, String name, Path folder) {
        String component = """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="test.%s" immediate="true">
                  <implementation class="none.Such"/>
                  <reference name="database" interface="io.ucm.api.ConnectionManager" target="%s"/>
                </scr:component>
                """.formatted(name, target);
        return write(folder, name, null, FRAMEWORK, component, null);
    }

    private static Path write(Path folder, String name, Class<?> activator, String imports) {
        return write(folder, name, activator, imports, null, null);
    }

    /**
     * @param component the description of a component of Declarative Services, or null
     * @param dynamic the packages that it imports when it needs them, or null
     */
    private static Path write(
            Path folder, String name, Class<?> activator, String imports, String component, String dynamic) {
        Attributes headers = new Attributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "test." + name);
        headers.putValue("Bundle-Version", "1.0.0");
        headers.putValue("Import-Package", imports);
        if (dynamic != null) {
            headers.putValue("DynamicImport-Package", dynamic);
        }
        if (activator != null) {
            headers.putValue("Bundle-Activator", activator.getName());
        }
        if (component != null) {
            headers.putValue("Service-Component", "OSGI-INF/component.xml");
            headers.putValue(
                    "Require-Capability",
                    "osgi.extender;filter:=\"(&(osgi.extender=osgi.component)(version>=1.3)(!(version>=2.0)))\"");
        }
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putAll(headers);
        Path jar = folder.resolve("test." + name + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            if (activator != null) {
                copy(activator, out);
            }
            if (component != null) {
                out.putNextEntry(new JarEntry("OSGI-INF/component.xml"));
                out.write(component.getBytes(StandardCharsets.UTF_8));
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
