// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.container;

import io.ucm.api.ConnectionManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.jdbc.DataSourceFactory;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The assembled bundles, unchanged, in a framework of this JVM, without its terminal. Two bundles that have nothing but
 * interfaces come from this class path, and the Configuration Admin's interface too, so that who starts it can call what is
 * inside. Used by one thread.
 */
public final class UcmContainer implements AutoCloseable {

    public static final String MODE = "ASYNC_MODERN";

    /** The cluster of the embedded servers. */
    public static final String EMBEDDED = "main";

    private static final Set<String> TERMINAL = Set.of("org.apache.felix.gogo.jline", "jline");
    private static final Set<String> SHARED = Set.of("io.ucm.api", "org.osgi.service.jdbc");
    private static final String SERVERS = "io.ucm.embedded";
    private static final String CONFIGURATION_ADMIN = "org.osgi.service.cm;version=1.6.1";
    private static final String HIGHEST_LEVEL = "100";
    private static final long LIMIT_MS = 60_000;

    /** Says what it registers, to standard error. Kept, because loggers are forgotten otherwise. */
    private static final Logger SERVICE_LOADER = Logger.getLogger("org.apache.aries.spifly");

    private final Path folder;
    private final Framework framework;

    private UcmContainer(Path folder, Framework framework) {
        this.folder = folder;
        this.framework = framework;
    }

    /**
     * @param assembly {@code distribution/target/ucm}
     * @param servers whether PostgreSQL and Redis are started
     */
    public static UcmContainer start(Path assembly, boolean servers) throws IOException, BundleException {
        SERVICE_LOADER.setLevel(Level.WARNING);
        Path folder = Files.createTempDirectory("ucm-container-");
        System.setProperty("ucm.instance", folder.toString());
        System.setProperty(
                "logback.configurationFile",
                assembly.resolve("conf/logback.xml").toString());
        List<Path> files = bundles(assembly);
        Framework framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        folder.resolve("storage").toString(),
                        Constants.FRAMEWORK_BEGINNING_STARTLEVEL,
                        HIGHEST_LEVEL,
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        shared(files),
                        "felix.fileinstall.dir",
                        folder.resolve("conf").toString(),
                        "felix.fileinstall.tmpdir",
                        folder.resolve("fileinstall").toString(),
                        "ucm.state.folder",
                        folder.resolve("state").toString(),
                        "ucm.instance",
                        folder.toString(),
                        "gosh.args",
                        "--nointeractive"));
        UcmContainer container = new UcmContainer(folder, framework);
        try {
            framework.init();
            framework.start();
            container.startAll(files, servers);
            return container;
        } catch (BundleException | RuntimeException e) {
            container.close();
            throw e;
        }
    }

    private void startAll(List<Path> files, boolean servers) throws BundleException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path file : files) {
            String name = name(file);
            if (!TERMINAL.contains(name) && !SHARED.contains(name) && (servers || !SERVERS.equals(name))) {
                Bundle bundle = context().installBundle(file.toUri().toString());
                bundle.adapt(BundleStartLevel.class).setStartLevel(level(file));
                bundles.add(bundle);
            }
        }
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        }
    }

    /** In the order of their start. */
    private static List<Path> bundles(Path assembly) throws IOException {
        try (Stream<Path> files = Files.walk(assembly.resolve("bundles"), 2)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted(Comparator.comparingInt(UcmContainer::level)
                            .thenComparing(file -> file.getFileName().toString()))
                    .toList();
        }
    }

    private static int level(Path file) {
        return Integer.parseInt(file.getParent().getFileName().toString());
    }

    /** The file's name up to its version. */
    private static String name(Path file) {
        return file.getFileName().toString().replaceFirst("-[0-9].*", "");
    }

    /** What the bundles that are left out export is exported by the framework. */
    private static String shared(List<Path> files) throws IOException {
        List<String> packages = new ArrayList<>(List.of(CONFIGURATION_ADMIN));
        for (Path file : files) {
            if (SHARED.contains(name(file))) {
                try (JarFile jar = new JarFile(file.toFile())) {
                    packages.add(jar.getManifest().getMainAttributes().getValue(Constants.EXPORT_PACKAGE));
                }
            }
        }
        return String.join(",", packages);
    }

    /** The version of the manager's bundle. */
    public String version() {
        return bundle("io.ucm.manager").getVersion().toString();
    }

    /** Stops the bundle with that name. */
    public void stop(String symbolicName) throws BundleException {
        bundle(symbolicName).stop();
    }

    /** Starts it again. */
    public void start(String symbolicName) throws BundleException {
        bundle(symbolicName).start();
    }

    private Bundle bundle(String symbolicName) {
        return Stream.of(context().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    /** Runs a command of the shell; what it prints or returns. The shell's interfaces are not on this class path. */
    public String run(String command) throws Exception {
        ServiceReference<?> reference =
                context().getServiceReference("org.apache.felix.service.command.CommandProcessor");
        Object processor = context().getService(reference);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Object session = method(processor, "createSession", InputStream.class, OutputStream.class, OutputStream.class)
                .invoke(processor, InputStream.nullInputStream(), out, out);
        try {
            Object value = method(session, "execute", CharSequence.class).invoke(session, command);
            return out.toString(StandardCharsets.UTF_8) + (value == null ? "" : value);
        } finally {
            method(session, "close").invoke(session);
            context().ungetService(reference);
        }
    }

    private static Method method(Object of, String name, Class<?>... parameters) throws NoSuchMethodException {
        for (Class<?> type = of.getClass(); type != null; type = type.getSuperclass()) {
            for (Class<?> face : type.getInterfaces()) {
                if (face.getName().startsWith("org.apache.felix.service.command.")) {
                    return face.getMethod(name, parameters);
                }
            }
        }
        throw new NoSuchMethodException(name);
    }

    /** Offers a driver, as a driver's bundle does. */
    public void offer(DataSourceFactory driver, String driverClass) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(DataSourceFactory.OSGI_JDBC_DRIVER_CLASS, driverClass);
        context().registerService(DataSourceFactory.class, driver, properties);
    }

    /** A new configuration of a factory, as an operator's would be. */
    public void configure(String factoryPid, Map<String, Object> properties) throws Exception {
        configurationAdmin().createFactoryConfiguration(factoryPid, "?").update(new Hashtable<>(properties));
    }

    /** The configuration with that PID, which somebody else has made. */
    public Map<String, Object> configuration(String pid) throws Exception {
        Map<String, Object> properties = new HashMap<>();
        Dictionary<String, Object> found = existing(pid).getProperties();
        found.keys().asIterator().forEachRemaining(key -> properties.put(key, found.get(key)));
        return properties;
    }

    /** Adds an attribute to the configuration with that PID. */
    public void change(String pid, String attribute, Object value) throws Exception {
        Configuration configuration = existing(pid);
        Dictionary<String, Object> properties = configuration.getProperties();
        properties.put(attribute, value);
        configuration.update(properties);
    }

    private Configuration existing(String pid) throws Exception {
        Configuration[] found = configurationAdmin().listConfigurations("(service.pid=" + pid + ")");
        if (found == null) {
            throw new IllegalStateException("no configuration " + pid);
        }
        return found[0];
    }

    private ConfigurationAdmin configurationAdmin() throws InterruptedException, InvalidSyntaxException {
        return service(ConfigurationAdmin.class, "(objectClass=" + ConfigurationAdmin.class.getName() + ")");
    }

    /** The manager of the cluster's mode {@value #MODE}, once it is there. */
    public ConnectionManager manager(String cluster) throws InterruptedException, InvalidSyntaxException {
        return manager(cluster, MODE);
    }

    /** The manager of one of the cluster's modes, once it is there. */
    public ConnectionManager manager(String cluster, String mode) throws InterruptedException, InvalidSyntaxException {
        return service(ConnectionManager.class, filter(ConnectionManager.class, cluster, mode));
    }

    /** The DataSource of one mode of the embedded cluster, once it is there. */
    public DataSource dataSource(String mode) throws InterruptedException, InvalidSyntaxException {
        return service(DataSource.class, filter(DataSource.class, EMBEDDED, mode));
    }

    private static String filter(Class<?> type, String cluster, String mode) {
        return "(&(objectClass=%s)(ucm.cluster=%s)(ucm.mode=%s))".formatted(type.getName(), cluster, mode);
    }

    private <T> T service(Class<T> type, String filter) throws InterruptedException, InvalidSyntaxException {
        ServiceTracker<Object, Object> tracker =
                new ServiceTracker<>(context(), context().createFilter(filter), null);
        tracker.open();
        try {
            Object found = tracker.waitForService(LIMIT_MS);
            if (found == null) {
                throw new IllegalStateException(
                        "no service " + filter + " within " + LIMIT_MS + " ms; see " + folder.resolve("log/ucm.log"));
            }
            return type.cast(context().getService(tracker.getServiceReference()));
        } finally {
            tracker.close();
        }
    }

    /** The framework's own. */
    public BundleContext context() {
        return framework.getBundleContext();
    }

    /** Stops everything, and removes what it kept. */
    @Override
    public void close() throws BundleException {
        framework.stop();
        try {
            framework.waitForStop(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> left = Files.walk(folder)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
