// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.ServerControl;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Starts the component outside a framework. As an extension it unpacks the binaries once for all test classes. */
final class TestServers implements BeforeAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestServers.class);

    /** Deleted when the last test has ended. */
    private record Cache(Path folder) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            Folders.delete(folder);
        }
    }

    /** Registered now. */
    static final List<EmbeddedCommands> COMMANDS = new CopyOnWriteArrayList<>();

    static final List<ServerControl> CONTROLS = new CopyOnWriteArrayList<>();

    private static volatile Path cache;

    @Override
    public void beforeAll(ExtensionContext context) {
        cache = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent("cache", key -> newCache(), Cache.class)
                .folder();
    }

    private static Cache newCache() {
        try {
            return new Cache(Folders.permit(Files.createTempDirectory("ucm-test-cache-"), "rwxr-xr-x"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path cache() {
        return cache;
    }

    static PostgresPrograms programs(UnprivilegedUser user) throws IOException {
        return new PostgresPrograms(
                new PackagedBinaries(Platform.current()).postgres(new BinaryCache(List.of(cache))), user);
    }

    static BundleContext context(Map<String, String> properties) {
        return (BundleContext) Proxy.newProxyInstance(
                TestServers.class.getClassLoader(), new Class<?>[] {BundleContext.class}, (self, method, arguments) -> {
                    return switch (method.getName()) {
                        case "getProperty" -> properties.get((String) arguments[0]);
                        case "registerService" ->
                            arguments[1] instanceof ServerControl control
                                    ? control(control, (Dictionary<?, ?>) arguments[2])
                                    : registration(COMMANDS, (EmbeddedCommands) arguments[1]);
                        default -> throw new UnsupportedOperationException(method.toString());
                    };
                });
    }

    private static Object control(ServerControl service, Dictionary<?, ?> properties) {
        assertThat(properties.get(ServerControl.CLUSTER)).isEqualTo("main");
        return registration(CONTROLS, service);
    }

    private static <S> Object registration(List<S> registered, S service) {
        registered.add(service);
        return Proxy.newProxyInstance(
                TestServers.class.getClassLoader(),
                new Class<?>[] {ServiceRegistration.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("unregister")) {
                        registered.remove(service);
                        return null;
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
    }

    /** The commands of the one component that runs. */
    static EmbeddedCommands commands() {
        return COMMANDS.get(0);
    }

    static EmbeddedServers start(Map<String, String> properties, FakeConfigurationAdmin admin) {
        return start(properties, admin, Room.real());
    }

    static EmbeddedServers start(Map<String, String> properties, FakeConfigurationAdmin admin, Room room) {
        Map<String, String> all = new HashMap<>(properties);
        all.putIfAbsent("ucm.cache.dir", cache.toString());
        all.putIfAbsent("ucm.embedded.memory", "false");
        return new EmbeddedServers(context(all), admin.service(), room);
    }

    static EmbeddedServers start(Path instance, Path cache, FakeConfigurationAdmin admin) {
        Map<String, String> properties =
                new HashMap<>(Map.of("ucm.cache.dir", cache.toString(), "ucm.embedded.memory", "false"));
        if (instance != null) {
            properties.put("ucm.instance", instance.toString());
        }
        return new EmbeddedServers(context(properties), admin.service());
    }

    /** Opens a connection to a node as the user of a published configuration. */
    static Connection connect(FakeConfigurationAdmin admin, String node, String pid) throws SQLException {
        Map<String, Object> user = admin.configurations.get(pid);
        return connect(address(admin, node), (String) user.get("user"), (String) user.get(".password"), "ucm");
    }

    static Connection connect(String address, String user, String password, String database) throws SQLException {
        Properties properties = new Properties();
        properties.put("user", user);
        properties.put("password", password);
        properties.put("loginTimeout", "5");
        return new org.postgresql.Driver().connect("jdbc:postgresql://" + address + "/" + database, properties);
    }

    /** What the Redis of a published configuration answers to these lines. */
    static String redis(Map<String, Object> published, String lines) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", (Integer) published.get("port"))) {
            socket.setSoTimeout(500);
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    static String address(FakeConfigurationAdmin admin, String node) {
        for (String known :
                (String[]) admin.configurations.get("io.ucm.cluster~main").get("nodes")) {
            if (known.startsWith(node + "=")) {
                return known.substring(node.length() + 1);
            }
        }
        throw new AssertionError("no node " + node);
    }

    static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : "";
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether a process has ended: one that nobody has waited for yet counts, however slow its new parent is. */
    static boolean gone(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return !process.isAlive();
        }
    }

    /** Every process below this one that still runs. */
    static List<ProcessHandle> children() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .toList();
    }

    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ucm-"))
                .toList();
    }
}
