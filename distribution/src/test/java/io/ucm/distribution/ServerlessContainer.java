// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The assembled bundles without the embedded servers and the terminal, in a framework of this JVM that shares the
 * Configuration Admin's interface with the test. What it keeps is in the folder given.
 */
final class ServerlessContainer implements AutoCloseable {

    private static final Set<String> LEFT_OUT = Set.of("io.ucm.embedded", "org.apache.felix.gogo.jline", "jline");
    private static final long LIMIT_MS = 30_000;

    private final Path folder;
    private final Framework framework;

    private ServerlessContainer(Path folder, Framework framework) {
        this.folder = folder;
        this.framework = framework;
    }

    static ServerlessContainer start(Path folder) throws IOException, BundleException {
        Home home = new Home(AssembledFolder.original());
        System.setProperty("ucm.instance", folder.toString());
        System.setProperty(
                "logback.configurationFile", home.conf().resolve("logback.xml").toString());
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.resolve("storage").toString(),
                        Constants.FRAMEWORK_BEGINNING_STARTLEVEL,
                        "100",
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        "org.osgi.service.cm;version=1.6.1",
                        "gosh.args",
                        "--nointeractive"));
        framework.init();
        framework.start();
        ServerlessContainer container = new ServerlessContainer(folder, framework);
        try {
            container.startAll(home);
            return container;
        } catch (IOException | BundleException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    private void startAll(Home home) throws IOException, BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Home.BundleFile file : home.bundles()) {
            String name = file.file().getFileName().toString().replaceFirst("-[0-9].*", "");
            if (!LEFT_OUT.contains(name)) {
                bundles.add(context().installBundle(file.file().toUri().toString()));
            }
        }
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start();
            }
        }
    }

    /** A new configuration of a factory, as an operator's would be. */
    Configuration configure(String factoryPid, Map<String, Object> properties)
            throws IOException, InterruptedException {
        ServiceTracker<ConfigurationAdmin, ConfigurationAdmin> tracker =
                new ServiceTracker<>(context(), ConfigurationAdmin.class, null);
        tracker.open();
        try {
            Configuration configuration = tracker.waitForService(LIMIT_MS).createFactoryConfiguration(factoryPid, "?");
            configuration.update(new Hashtable<>(properties));
            return configuration;
        } finally {
            tracker.close();
        }
    }

    /** The service of a cluster's mode, once it is there. */
    DataSource dataSource(String cluster, String mode) throws InterruptedException, InvalidSyntaxException {
        String filter = "(&(objectClass=" + DataSource.class.getName() + ")(ucm.cluster=" + cluster + ")(ucm.mode="
                + mode + "))";
        ServiceTracker<DataSource, DataSource> tracker =
                new ServiceTracker<>(context(), context().createFilter(filter), null);
        tracker.open();
        try {
            if (tracker.waitForService(LIMIT_MS) == null) {
                throw new AssertionError("no service " + filter + "; the log: " + log());
            }
            ServiceReference<DataSource> reference = tracker.getServiceReference();
            return context().getService(reference);
        } finally {
            tracker.close();
        }
    }

    /** What was logged so far. */
    String log() {
        try {
            Path file = folder.resolve("log/ucm.log");
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private BundleContext context() {
        return framework.getBundleContext();
    }
}
