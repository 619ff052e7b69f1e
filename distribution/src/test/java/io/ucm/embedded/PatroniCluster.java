// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes of Patroni with the PostgreSQL of the system's packages, and the etcd that they share, on ports of 127.0.0.1,
 * in a temporary folder. Works as root and as an ordinary user. Not thread-safe. {@link #close} leaves neither a process nor
 * a file.
 */
public final class PatroniCluster implements AutoCloseable {

    /** What one node looks like to the others. */
    public record Member(
            String name,
            String role,
            String state,
            int port,
            @Nullable Integer timeline) {

        public boolean leads() {
            return role.equals("leader");
        }

        /** Newer versions tell replicas that stream from those that only run. */
        public boolean runs() {
            return state.equals("running") || state.equals("streaming");
        }
    }

    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final List<String> PROGRAMS = List.of("etcd", "patroni", "patronictl");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final int HTTP_LIMIT_MS = 2_000;

    private final Path top;
    private final UnprivilegedUser user;
    private final String template;
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final Map<String, ProcessHandle> agents = new TreeMap<>();
    private final Thread atExit = new Thread(this::endAndDelete, "patroni-cluster-exit");
    private @Nullable ProcessHandle etcd;

    private PatroniCluster(Path top, String template) throws IOException, InterruptedException {
        this.top = top;
        this.template = template;
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(top, "unix:uid"));
        if (root) {
            Files.setPosixFilePermissions(top, PosixFilePermissions.fromString("rwx--x--x"));
        }
        this.user = root ? UnprivilegedUser.insteadOfRoot(UnprivilegedUser.Way.values()) : UnprivilegedUser.self();
        List<Integer> ports = new FreePorts().take(2 + 2 * NODES.size());
        addresses.put("10.0.0.9:2379", "127.0.0.1:" + ports.get(0));
        addresses.put("10.0.0.9:2380", "127.0.0.1:" + ports.get(1));
        for (int i = 0; i < NODES.size(); i++) {
            addresses.put("10.0.0.%d:8008".formatted(i + 1), "127.0.0.1:" + ports.get(2 + 2 * i));
            addresses.put("10.0.0.%d:5432".formatted(i + 1), "127.0.0.1:" + ports.get(3 + 2 * i));
        }
        addresses.put("10.0.0.0/24", "127.0.0.1/32");
    }

    /** Why there can't be one here; empty when there can. */
    public static Optional<String> obstacle() {
        List<String> missing = new ArrayList<>(
                PROGRAMS.stream().filter(name -> onPath(name).isEmpty()).toList());
        if (postgres().isEmpty()) {
            missing.add("/usr/lib/postgresql/*/bin/initdb");
        }
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("not installed here: " + String.join(", ", missing)
                        + "; Debian has them in patroni, etcd-server and postgresql");
    }

    /**
     * A cluster whose three nodes run, with a synchronous standby.
     *
     * @param template the configuration of {@code n1} at {@code 10.0.0.1}, with etcd at {@code 10.0.0.9}
     */
    public static PatroniCluster start(String template) throws IOException, InterruptedException {
        PatroniCluster cluster = new PatroniCluster(Files.createTempDirectory("ucm-patroni-"), template);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        try {
            cluster.startEtcd();
            for (String node : NODES) {
                cluster.user.createFolder(cluster.folder(node));
                cluster.startNode(node);
            }
            cluster.await(
                    "three nodes run, one as a synchronous standby",
                    members -> members.size() == NODES.size()
                            && members.stream().allMatch(Member::runs)
                            && members.stream().anyMatch(member -> member.role().equals("sync_standby")));
            return cluster;
        } catch (IOException | RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    /** A text with the addresses of this cluster in place of those of the documentation. */
    public String translated(String text) {
        String result = text;
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            result = result.replace(address.getKey(), address.getValue());
        }
        return result;
    }

    /** Lets a node run, again too. */
    public void startNode(String node) throws IOException {
        String number = node.substring(1);
        String own = template.replace("name: n1", "name: " + node)
                .replace("10.0.0.1:", "10.0.0.%s:".formatted(number))
                .replace(
                        "/var/lib/postgresql/orders",
                        folder(node).resolve("data").toString())
                .replace("/usr/lib/postgresql/15/bin", postgres().orElseThrow().toString())
                .replace(
                        "\npostgresql:\n",
                        "\npostgresql:\n  pgpass: " + folder(node).resolve("pgpass") + "\n")
                .replace(
                        "      parameters:\n",
                        "      parameters:\n        unix_socket_directories: ''\n        fsync: off\n");
        Path file = folder(node).resolve("patroni.yml");
        Files.deleteIfExists(file);
        user.createSecret(file, translated(own));
        agents.put(
                node,
                launch(
                        node + ".log",
                        folder(node),
                        onPath("patroni").orElseThrow().toString(),
                        file.toString()));
    }

    /** As if its host were gone: Patroni and PostgreSQL at one moment. */
    public void killNode(String node) throws IOException {
        ProcessTree agent = new ProcessTree(agents.get(node), this::isOurs);
        agent.freeze();
        Optional<ProcessHandle> server = server(node);
        if (server.isPresent() && !new ProcessTree(server.get(), this::isOurs).kill(KILL_LIMIT)
                || !agent.kill(KILL_LIMIT)) {
            throw new IOException(node + " is not gone after " + KILL_LIMIT.toSeconds() + " s");
        }
    }

    /** What the nodes say of each other now. */
    public List<Member> members() throws IOException {
        IOException last = new IOException("no node");
        for (int i = 1; i <= NODES.size(); i++) {
            try {
                URLConnection connection = URI.create(
                                "http://%s/cluster".formatted(address("10.0.0.%d:8008".formatted(i))))
                        .toURL()
                        .openConnection();
                connection.setConnectTimeout(HTTP_LIMIT_MS);
                connection.setReadTimeout(HTTP_LIMIT_MS);
                try (InputStream in = connection.getInputStream()) {
                    return members(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private static List<Member> members(String json) {
        List<Member> members = new ArrayList<>();
        for (JsonElement element :
                JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("members")) {
            JsonObject member = element.getAsJsonObject();
            members.add(new Member(
                    member.get("name").getAsString(),
                    member.get("role").getAsString(),
                    member.get("state").getAsString(),
                    member.has("port") ? member.get("port").getAsInt() : 0,
                    member.has("timeline") ? member.get("timeline").getAsInt() : null));
        }
        return members;
    }

    public String leader() throws IOException {
        return member(Member::leads);
    }

    public String synchronousStandby() throws IOException {
        return member(member -> member.role().equals("sync_standby"));
    }

    private String member(Predicate<Member> which) throws IOException {
        return members().stream().filter(which).map(Member::name).findFirst().orElse("");
    }

    /** Looks again and again until it is so. */
    public void await(String what, Predicate<List<Member>> condition) throws IOException {
        boolean came = BoundedWait.uninterruptibly(LIMIT, () -> {
            try {
                return condition.test(members());
            } catch (IOException e) {
                return false;
            }
        });
        if (!came) {
            throw new IOException("not within %d s: %s; %s%n%s".formatted(LIMIT.toSeconds(), what, members(), logs()));
        }
    }

    /** Runs {@code patronictl} with the first node's configuration; returns what it printed. */
    public String patronictl(String... arguments) throws IOException, InterruptedException {
        Path file = folder(NODES.get(0)).resolve("patroni.yml");
        List<String> command =
                new ArrayList<>(List.of(onPath("patronictl").orElseThrow().toString(), "-c", file.toString()));
        command.addAll(Arrays.asList(arguments));
        Path out = top.resolve("patronictl.log");
        Process process = builder(command, out, top).start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command + ": " + Files.readString(out));
            }
            return Files.readString(out);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Runs statements on the leader as the superuser, each on its own. */
    public void sql(String statements) throws IOException, SQLException {
        String leader = leader();
        int port = members().stream()
                .filter(member -> member.name().equals(leader))
                .findFirst()
                .orElseThrow()
                .port();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:%d/postgres?sslmode=disable".formatted(port),
                        "postgres",
                        "superuser-secret");
                Statement statement = connection.createStatement()) {
            for (String one : statements.strip().split(";\\R?")) {
                statement.execute(one);
            }
        }
    }

    /** What all programs said. */
    public String logs() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(top)) {
            for (Path log : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
                all.append(log.getFileName()).append(":\n");
                lines.subList(Math.max(0, lines.size() - 40), lines.size())
                        .forEach(line -> all.append("  ").append(line).append('\n'));
            }
        }
        return all.toString();
    }

    /** Idempotent. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM ends, and this is that hook's work.
        }
        endAndDelete();
    }

    private void startEtcd() throws IOException {
        Path data = user.createFolder(top.resolve("etcd"));
        String client = "http://" + address("10.0.0.9:2379");
        String peer = "http://" + address("10.0.0.9:2380");
        etcd = launch(
                "etcd.log",
                data,
                onPath("etcd").orElseThrow().toString(),
                "--data-dir=" + data.resolve("data"),
                "--name=e1",
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=" + peer,
                "--initial-cluster=e1=" + peer,
                "--unsafe-no-fsync");
    }

    private ProcessHandle launch(String log, Path folder, String... command) throws IOException {
        Process process = builder(user.command(List.of(command)), top.resolve(log), folder)
                .start();
        process.getOutputStream().close();
        return process.toHandle();
    }

    private static ProcessBuilder builder(List<String> command, Path log, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("PATRONI"));
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("HOME", folder.toString());
        return builder;
    }

    /** The postmaster of a node, by the id in its file. */
    private Optional<ProcessHandle> server(String node) throws IOException {
        Path file = folder(node).resolve("data/postmaster.pid");
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .findFirst()
                        .flatMap(line -> ProcessHandle.of(Long.parseLong(line.strip())))
                        .filter(this::isOurs)
                : Optional.empty();
    }

    private boolean isOurs(ProcessHandle process) {
        return Proc.command(process).stream().anyMatch(argument -> argument.contains(top + "/"));
    }

    private String address(String documented) {
        return addresses.get(documented);
    }

    private Path folder(String node) {
        return top.resolve(node);
    }

    private void endAndDelete() {
        try {
            for (String node : agents.keySet()) {
                killNode(node);
            }
            if (etcd != null) {
                new ProcessTree(etcd, this::isOurs).kill(KILL_LIMIT);
            }
            // What Patroni was about to start.
            List<ProcessHandle> left =
                    ProcessHandle.allProcesses().filter(this::isOurs).toList();
            left.forEach(ProcessHandle::destroyForcibly);
            BoundedWait.uninterruptibly(KILL_LIMIT, () -> left.stream().allMatch(Proc::ended));
            delete(top);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> tree = Files.walk(folder)) {
            paths = tree.sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The newest that Debian's packages installed. */
    private static Optional<Path> postgres() {
        Path all = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(all)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(all)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
