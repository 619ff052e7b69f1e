// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of its own for tests that need somebody else's: one server without any role or database of UCM, made from
 * the packaged binaries in a temporary folder, on a port of 127.0.0.1. Works as root and as an ordinary user. Not
 * thread-safe. {@link #close} leaves neither a process nor a file.
 */
public final class SeparatePostgres implements AutoCloseable {

    private static final String SUPERUSER = "postgres";
    private static final long LIMIT_SECONDS = 30;
    private static final int LOWEST_PORT = 20_000;
    private static final int BEYOND_PORTS = 32_000;

    private final Path top;
    private final Path data;
    private final PostgresPrograms programs;
    private final String password = UUID.randomUUID().toString();
    private final int port;
    private final Thread atExit = new Thread(this::stopAndDelete, "separate-postgres-exit");
    private List<String> settings = List.of();
    private List<String> access = List.of();
    private @Nullable Process server;

    private SeparatePostgres(Path top) throws IOException, InterruptedException {
        this.top = top;
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(top, "unix:uid"));
        if (root) {
            Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x--x"));
        }
        UnprivilegedUser user =
                root ? UnprivilegedUser.insteadOfRoot(UnprivilegedUser.Way.values()) : UnprivilegedUser.self();
        BinaryCache cache = new BinaryCache(List.of(sharedCache(root), top.resolve("binaries")));
        this.programs = new PostgresPrograms(new PackagedBinaries(Platform.current()).postgres(cache), user);
        this.data = user.createFolder(top.resolve("data"));
        this.port = freePort();
    }

    /** A server that runs, with TCP for everybody who has a password. */
    public static SeparatePostgres start() {
        try {
            SeparatePostgres postgres = new SeparatePostgres(Files.createTempDirectory("ucm-separate-"));
            Runtime.getRuntime().addShutdownHook(postgres.atExit);
            try {
                postgres.initialize();
                postgres.access("host all all 127.0.0.1/32 scram-sha-256");
                postgres.launch();
                return postgres;
            } catch (IOException | InterruptedException | RuntimeException e) {
                postgres.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return port;
    }

    /** The superuser's name; it may always come in from 127.0.0.1 with its password, without TLS too. */
    public String superuser() {
        return SUPERUSER;
    }

    public String password() {
        return password;
    }

    /** Where the server keeps its data; relative file names in its configuration start there. */
    public Path folder() {
        return data;
    }

    /** Lines of postgresql.conf beyond the ones needed, instead of those given before; in force after a reload or restart. */
    public void settings(String... lines) {
        settings = List.of(lines);
        writeConfiguration();
    }

    /** The lines of pg_hba.conf after the superuser's, instead of those given before; in force after a reload. */
    public void access(String... lines) {
        access = List.of(lines);
        writeConfiguration();
    }

    /** Writes a file into the data folder that only the server may read. */
    public void put(String name, String content) {
        try {
            Path fresh = data.resolve(name + ".new");
            programs.user().createSecret(fresh, content);
            Files.move(fresh, data.resolve(name), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when new connections see the configuration; throws when the server refused it. */
    public void reload() {
        String before = query("SELECT pg_conf_load_time()");
        int logged = log().length();
        sql("SELECT pg_reload_conf()");
        await("reloaded", () -> !query("SELECT pg_conf_load_time()").equals(before));
        String said = log().substring(logged);
        if (said.contains("not reloaded") || said.contains("no changes were applied")) {
            throw new IllegalStateException("the server refused its configuration: " + said);
        }
    }

    /** Ends all connections. */
    public void restart() {
        stop();
        launch();
    }

    /** Runs one or more statements as the superuser, in the database postgres. */
    public void sql(String statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException e) {
            throw new IllegalStateException(statements, e);
        }
    }

    /** The first column of a query's rows, as the superuser. */
    public List<String> rows(String query) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                rows.add(result.getString(1));
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    /** The one value that a query returns. */
    public String query(String query) {
        List<String> rows = rows(query);
        if (rows.size() != 1) {
            throw new IllegalStateException(query + ": " + rows.size() + " rows");
        }
        return rows.get(0);
    }

    /** What the server has said since its last start. */
    public String log() {
        try {
            return Files.readString(top.resolve("server.log"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM ends, and this is that hook's work.
        }
        stopAndDelete();
    }

    private void initialize() throws IOException, InterruptedException {
        Path file = programs.user().createSecret(top.resolve("superuser.pass"), password);
        Process initdb = process(
                "initdb.log",
                "initdb",
                "--pgdata=" + data,
                "--username=" + SUPERUSER,
                "--auth=scram-sha-256",
                "--pwfile=" + file,
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-sync",
                "--no-instructions");
        if (!initdb.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || initdb.exitValue() != 0) {
            initdb.destroyForcibly();
            throw new IOException("initdb: " + Files.readString(top.resolve("initdb.log")));
        }
        Files.delete(file);
    }

    private void writeConfiguration() {
        List<String> all = new ArrayList<>(List.of(
                "listen_addresses = '127.0.0.1'",
                "port = " + port,
                "unix_socket_directories = ''",
                "password_encryption = 'scram-sha-256'",
                "dynamic_shared_memory_type = mmap",
                "fsync = off",
                "timezone = 'UTC'",
                "log_timezone = 'UTC'",
                "lc_messages = 'C'",
                "logging_collector = off"));
        all.addAll(settings);
        List<String> rules = new ArrayList<>(List.of("host all " + SUPERUSER + " 127.0.0.1/32 scram-sha-256"));
        rules.addAll(access);
        try {
            // The files stay the ones of initdb, which belong to the server's user.
            Files.write(data.resolve("postgresql.conf"), all);
            Files.write(data.resolve("pg_hba.conf"), rules);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() {
        try {
            Process launched = process("server.log", "postgres", "-D", data.toString());
            server = launched;
            await("started", () -> {
                if (!launched.isAlive()) {
                    throw new IllegalStateException("the server ended: " + log());
                }
                return answers();
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", password);
        properties.setProperty("sslmode", "disable");
        properties.setProperty("loginTimeout", "5");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
    }

    private Process process(String log, String program, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(programs.command(program, arguments))
                .directory(top.toFile())
                .redirectErrorStream(true)
                .redirectOutput(top.resolve(log).toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /** A fast shutdown: no client is waited for. */
    private void stop() {
        Process running = server;
        server = null;
        if (running == null) {
            return;
        }
        try {
            process("stop.log", "pg_ctl", "stop", "-D", data.toString(), "-m", "fast", "-W");
            if (!running.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("does not stop: " + log());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            List<ProcessHandle> children = running.descendants().toList();
            running.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void stopAndDelete() {
        try {
            stop();
        } finally {
            delete(top);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the server is not " + what + " within " + LIMIT_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** Where the container that the tests start keeps them too. */
    private static Path sharedCache(boolean root) {
        String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        if (root) {
            return Path.of("/var/cache/ucm");
        }
        return xdg.startsWith("/") ? Path.of(xdg, "ucm") : Path.of(System.getProperty("user.home"), ".cache", "ucm");
    }

    /** Below the ports of outgoing connections, so that it is still free after a restart. */
    private static int freePort() throws IOException {
        IOException last = new IOException("no free port");
        for (int i = 0; i < 100; i++) {
            int candidate = ThreadLocalRandom.current().nextInt(LOWEST_PORT, BEYOND_PORTS);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), candidate));
                return candidate;
            } catch (IOException taken) {
                last = taken;
            }
        }
        throw last;
    }
}
