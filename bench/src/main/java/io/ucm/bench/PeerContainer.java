// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A framework of this JVM with a peer's bundles. What it needs of OSGi, its logging and the driver are the same files that
 * UCM has, and the framework is the same. Used by one thread.
 */
final class PeerContainer implements AutoCloseable {

    private static final Set<String> NEEDED = Set.of(
            "org.apache.felix.configadmin",
            "org.apache.felix.scr",
            "org.osgi.service.component",
            "org.osgi.service.jdbc",
            "org.osgi.util.function",
            "org.osgi.util.promise",
            "postgresql");

    /** Up to this level, an assembly has nothing but logging. */
    private static final int LOGGING = 2;

    private static final String LOGGING_FILE = "logback.configurationFile";
    private static final String CONFIGURATION_ADMIN = "org.osgi.service.cm;version=1.6.1";
    private static final long STOP_LIMIT_SECONDS = 30;

    private final Path storage;
    private final Framework framework;

    private PeerContainer(Path storage, Framework framework) {
        this.storage = storage;
        this.framework = framework;
    }

    /**
     * To be called when UCM has been started, not before.
     *
     * @param assembly {@code distribution/target/ucm}
     * @param peer the folder of the peer's own bundles
     */
    static PeerContainer start(Path assembly, Path peer) throws IOException, BundleException {
        // UCM's logging has read its own by now.
        System.setProperty(
                LOGGING_FILE,
                Objects.requireNonNull(PeerContainer.class.getResource("peers-logback.xml"))
                        .toString());
        Path storage = Files.createTempDirectory("ucm-bench-peer-");
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        storage.toString(),
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        CONFIGURATION_ADMIN));
        PeerContainer container = new PeerContainer(storage, framework);
        try {
            framework.start();
            container.startAll(Stream.concat(needed(assembly).stream(), jars(peer, 1).stream())
                    .toList());
            return container;
        } catch (BundleException | IOException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    private static List<Path> needed(Path assembly) throws IOException {
        return jars(assembly.resolve("bundles"), 2).stream()
                .filter(jar -> level(jar) <= LOGGING || NEEDED.contains(name(jar)))
                .sorted(Comparator.comparingInt(PeerContainer::level))
                .toList();
    }

    private static List<Path> jars(Path folder, int depth) throws IOException {
        try (Stream<Path> files = Files.walk(folder, depth)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
            if (jars.isEmpty()) {
                throw new IOException("no bundles in " + folder);
            }
            return jars;
        }
    }

    private static int level(Path jar) {
        return Integer.parseInt(jar.getParent().getFileName().toString());
    }

    /** The file's name up to its version. */
    private static String name(Path jar) {
        return jar.getFileName().toString().replaceFirst("-[0-9].*", "");
    }

    private void startAll(List<Path> jars) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            bundles.add(context().installBundle(jar.toUri().toString()));
        }
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
    }

    /** The framework's own. */
    BundleContext context() {
        return framework.getBundleContext();
    }

    /** A new configuration of a factory, which can be changed. */
    Configuration configure(String factoryPid, Map<String, ?> properties) throws IOException {
        ServiceReference<ConfigurationAdmin> reference = context().getServiceReference(ConfigurationAdmin.class);
        Configuration made = context().getService(reference).createFactoryConfiguration(factoryPid, "?");
        made.update(new Hashtable<>(properties));
        return made;
    }

    /** Stops everything, and removes what it kept. */
    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(TimeUnit.SECONDS.toMillis(STOP_LIMIT_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> left = Files.walk(storage)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
