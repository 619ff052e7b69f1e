// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.ucm.distribution.TestAuthority.Issued;
import io.ucm.embedded.SeparatePostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.Configuration;

/** TLS from configuration to somebody else's server, which lets in whom it knows by certificate. */
@Timeout(120)
class TlsFaultsIT {

    private static final String MODE = "ASYNC_MODERN";
    private static final int CONNECTIONS = 4;
    private static final int CLIENTS = 8;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String SERIAL = "SELECT client_serial FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    private static final String KEY_PASSWORD = "correct-horse";

    @TempDir
    static Path instance;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static SeparatePostgres postgres;
    private static ServerlessContainer container;

    /** Whether this JVM has shaken hands. */
    private static boolean warm;

    @TempDir
    Path files;

    private final TestAuthority authority = new TestAuthority("first authority");
    private final Issued asker = authority.client("tls_ask");
    private final Issued app = authority.client("tls_app");
    private final String cluster = "tls" + NUMBER.incrementAndGet();
    private final List<Configuration> configurations = new ArrayList<>();

    @BeforeAll
    static void startServerAndContainer() throws IOException, BundleException {
        postgres = SeparatePostgres.start();
        postgres.sql("CREATE ROLE tls_ask LOGIN REPLICATION IN ROLE pg_monitor;"
                + " CREATE ROLE tls_app LOGIN REPLICATION IN ROLE pg_monitor;"
                + " CREATE ROLE tls_word LOGIN PASSWORD 'word';"
                + " CREATE TABLE counted (a int); GRANT SELECT, INSERT ON counted TO tls_app");
        container = ServerlessContainer.start(instance);
    }

    @AfterAll
    static void leaveNothing() throws IOException, BundleException {
        try {
            container.close();
            assertThat(keyCopies()).isEmpty();
        } finally {
            postgres.close();
        }
    }

    @BeforeEach
    void theServerHasTls() throws Exception {
        serve(authority, authority.server("127.0.0.1", "localhost"), authority.certificate());
        if (!warm) {
            warmUp();
            warm = true;
        }
    }

    /** The first handshakes of a JVM take seconds where others have the processors, and a node may take 600 ms. */
    private void warmUp() throws Exception {
        configure(verifyFull(), clientOf("io.ucm.mode", app, KEY_PASSWORD));
        Awaitility.await().atMost(LIMIT).ignoreExceptions().until(() -> ask("SELECT 1")
                .equals("1"));
        removeConfigurations();
        configurations.clear();
    }

    @AfterEach
    void removeConfigurations() throws IOException {
        for (Configuration configuration : configurations) {
            configuration.delete();
        }
    }

    @Test
    void verifiesTheServerAndShowsTheRolesOwnCertificates() throws Exception {
        int logged = postgres.log().length();
        configure(verifyFull(), clientOf("io.ucm.mode", app, null));

        assertThat(ask("SELECT ssl || ' ' || client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .isEqualTo("true /CN=tls_app");
        Awaitility.await("the nodes are asked with the cluster's certificate")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(postgres.log().substring(logged).lines())
                        .anyMatch(line -> line.contains("user=tls_ask") && line.contains("SSL enabled")));
    }

    @Test
    void anEncryptedKeyIsUsedWithItsPassword() throws Exception {
        configure(verifyFull(), clientOf("io.ucm.mode", app, KEY_PASSWORD));

        assertThat(ask("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .isEqualTo("/CN=tls_app");
        assertThat(container.log()).doesNotContain(KEY_PASSWORD);
    }

    @Test
    void anEncryptedKeyWithoutPasswordIsAnErrorAndNoQuestion() throws Exception {
        Map<String, Object> client = clientOf("io.ucm.mode", app, KEY_PASSWORD);
        client.remove(".tls.key.password");
        configure(verifyFull(), client);

        assertThat(refusal()).contains(": tls.key: '").contains("is encrypted; set .tls.key.password");
    }

    @Test
    void theClustersCertificateIsTheModesUnlessItHasOne() throws Exception {
        Map<String, Object> properties = verifyFull();
        properties.putAll(clientOf("cluster", app, null));
        properties.put("user", "tls_app");
        configure(properties, Map.of());

        assertThat(ask("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .isEqualTo("/CN=tls_app");
    }

    @Test
    void aServerOfAnotherNameIsRefused() throws Exception {
        serve(authority, authority.server("db.example"), authority.certificate());
        configure(verifyFull(), clientOf("io.ucm.mode", app, null));

        assertThat(refusal()).contains("127.0.0.1").containsIgnoringCase("hostname");
    }

    @Test
    void verifyCaDoesNotLookAtTheName() throws Exception {
        serve(authority, authority.server("db.example"), authority.certificate());
        Map<String, Object> properties = verifyFull();
        properties.put("tls.mode", "verify-ca");
        configure(properties, clientOf("io.ucm.mode", app, null));

        assertThat(ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .isEqualTo("t");
    }

    @Test
    void aServerOfAnUnknownAuthorityIsRefused() throws Exception {
        TestAuthority other = new TestAuthority("first authority");
        serve(other, other.server("127.0.0.1"), authority.certificate());
        configure(verifyFull(), clientOf("io.ucm.mode", app, null));

        assertThat(refusal()).containsAnyOf("PKIX", "Path does not chain", "signature check failed");
    }

    @Test
    void withoutACertificateTheServerSaysWhatItWants() throws Exception {
        Map<String, Object> properties = verifyFull();
        properties.keySet().removeIf(name -> name.equals("tls.certificate") || name.equals("tls.key"));
        configure(properties, Map.of());

        assertThat(refusal()).contains("connection requires a valid client certificate");
    }

    @Test
    void filesThatComeLateAreTaken() throws Exception {
        Map<String, Object> properties = verifyFull();
        Path root = Path.of((String) properties.get("tls.root.certificate"));
        String content = Files.readString(root);
        Files.delete(root);
        configure(properties, clientOf("io.ucm.mode", app, null));
        assertThat(refusal()).contains(": tls.root.certificate: '" + root + "': there is no such file");

        Files.writeString(root, content);

        Awaitility.await().atMost(LIMIT).ignoreExceptions().until(() -> ask("SELECT 1")
                .equals("1"));
    }

    @Test
    void tlsCanBeRequiredAndSwitchedOff() throws Exception {
        Configuration configured = configure(
                new HashMap<>(Map.of("tls.mode", "require", "user", "")),
                Map.of("user", "tls_word", ".password", "word"));
        assertThat(ask("SELECT ssl || ' ' || (client_dn IS NULL) FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                .isEqualTo("true true");

        configured.update(new java.util.Hashtable<>(clusterProperties(Map.of("tls.mode", "disable", "user", ""))));

        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"), "f"::equals);
    }

    /** Authority, server's certificate and client's certificates all become others, each file in its own time. */
    @Test
    void certificatesAreExchangedUnderLoadWithoutAFailure() throws Exception {
        Map<String, Object> properties = verifyFull();
        Map<String, Object> client = clientOf("io.ucm.mode", app, null);
        configure(properties, client);
        long rowsBefore = Long.parseLong(postgres.query("SELECT count(*) FROM counted"));
        Load load = new Load(container.dataSource(cluster, MODE));
        try {
            load.awaitMore(200);
            assertThat(serials()).containsOnly(app.serial());

            TestAuthority second = new TestAuthority("second authority");
            Issued newApp = second.client("tls_app");
            Issued newAsker = second.client("tls_ask");
            serve(second, second.server("127.0.0.1", "localhost"), second.certificate());
            load.awaitMore(50);
            overwrite(properties.get("tls.root.certificate"), second.certificate());
            overwrite(properties.get("tls.certificate"), newAsker.certificate());
            load.awaitMore(50);
            overwrite(properties.get("tls.key"), newAsker.key());
            overwrite(client.get("tls.certificate"), newApp.certificate());
            load.awaitMore(50);
            overwrite(client.get("tls.key"), newApp.key());

            Awaitility.await("all connections use the new certificate")
                    .atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(serials()).hasSize(CONNECTIONS).containsOnly(newApp.serial()));
            load.awaitMore(200);
        } finally {
            load.stop();
        }

        assertThat(load.failures).isEmpty();
        assertThat(Long.parseLong(postgres.query("SELECT count(*) FROM counted")) - rowsBefore)
                .isEqualTo(load.written.get());
        Awaitility.await("the old copies go").atMost(LIMIT).untilAsserted(() -> assertThat(keyCopies())
                .hasSize(2));
    }

    @Test
    void aPairThatIsHalfCopiedKeepsTheOldOneServing() throws Exception {
        Map<String, Object> client = clientOf("io.ucm.mode", app, null);
        configure(verifyFull(), client);
        assertThat(ask("SELECT 1")).isEqualTo("1");
        Issued next = authority.client("tls_app");
        String complaint = ": tls.key: '" + client.get("tls.key") + "': is not the key of the certificate";

        overwrite(client.get("tls.certificate"), next.certificate());
        Awaitility.await().atMost(LIMIT).until(() -> lines(complaint) > 0);
        assertServedFor(Duration.ofSeconds(5), app);
        assertThat(lines(complaint)).isOne();
        assertThat(refusalOfOneTooMany())
                .contains("the certificates from before stay in force: ")
                .contains(complaint);

        overwrite(client.get("tls.key"), next.key());
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(serials()).hasSize(CONNECTIONS).containsOnly(next.serial()));
    }

    @Test
    void aCertificateThatTheServerRefusesLeavesTheOldOneServing() throws Exception {
        Map<String, Object> client = clientOf("io.ucm.mode", app, null);
        configure(verifyFull(), client);
        assertThat(ask("SELECT 1")).isEqualTo("1");
        TestAuthority second = new TestAuthority("second authority");
        Issued next = second.client("tls_app");

        overwrite(client.get("tls.certificate"), next.certificate());
        overwrite(client.get("tls.key"), next.key());
        Awaitility.await().atMost(LIMIT).until(() -> lines(cluster + "/" + MODE + ": ") > 1);
        assertThat(container.log()).contains("connection requires a valid client certificate");
        assertServedFor(Duration.ofSeconds(7), app);
        postgres.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tls_app'");
        Awaitility.await("a new connection of the old pool, with the old certificate")
                .atMost(LIMIT)
                .ignoreExceptions()
                .until(() -> ask(SERIAL), app.serial()::equals);

        serve(authority, authority.server("127.0.0.1", "localhost"), authority.certificate() + second.certificate());
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(serials()).hasSize(CONNECTIONS).containsOnly(next.serial()));
    }

    /** The server shows this certificate, and takes clients of those authorities. */
    private static void serve(TestAuthority by, Issued server, String clientAuthorities) {
        postgres.put("server.crt", server.certificate() + by.certificate());
        postgres.put("server.key", server.key());
        postgres.put("clients.crt", clientAuthorities);
        postgres.settings(
                "ssl = on",
                "ssl_cert_file = 'server.crt'",
                "ssl_key_file = 'server.key'",
                "ssl_ca_file = 'clients.crt'",
                "log_connections = on");
        postgres.access(
                "hostssl all tls_ask,tls_app 127.0.0.1/32 cert", "host all tls_word 127.0.0.1/32 scram-sha-256");
        postgres.reload();
    }

    /** A cluster whose own role has a certificate. */
    private Map<String, Object> verifyFull() throws IOException {
        Map<String, Object> properties = new HashMap<>(clientOf("cluster", asker, null));
        properties.put("tls.mode", "verify-full");
        properties.put(
                "tls.root.certificate",
                Files.writeString(files.resolve("ca.pem"), authority.certificate())
                        .toString());
        return properties;
    }

    private Map<String, Object> clientOf(String whose, Issued issued, String password) throws IOException {
        Map<String, Object> properties = new HashMap<>();
        properties.put(
                "tls.certificate",
                Files.writeString(files.resolve(whose + ".crt"), issued.certificate())
                        .toString());
        properties.put(
                "tls.key",
                Files.writeString(files.resolve(whose + ".key"), issued.key(password))
                        .toString());
        if (password != null) {
            properties.put(".tls.key.password", password);
        }
        return properties;
    }

    private Map<String, Object> clusterProperties(Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("cluster", cluster);
        properties.put("nodes", new String[] {"n1=127.0.0.1:" + postgres.port()});
        properties.put("database", "postgres");
        properties.put("user", "tls_ask");
        properties.putAll(more);
        return properties;
    }

    /** The configuration of the cluster. */
    private Configuration configure(Map<String, Object> clusterMore, Map<String, Object> modeMore) throws Exception {
        Configuration configured = container.configure("io.ucm.cluster", clusterProperties(clusterMore));
        configurations.add(configured);
        Map<String, Object> mode = new HashMap<>(Map.of("cluster", cluster, "mode", MODE, "user", "tls_app"));
        mode.put("pool.size.count", CONNECTIONS);
        mode.put("acquire.timeout.ms", 3_000);
        mode.putAll(modeMore);
        configurations.add(container.configure("io.ucm.mode", mode));
        return configured;
    }

    private String ask(String query) throws Exception {
        try (Connection connection = container.dataSource(cluster, MODE).getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        }
    }

    /** Long enough for the files to be looked at more than twice. */
    private void assertServedFor(Duration duration, Issued with) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            assertThat(ask(SERIAL)).isEqualTo(with.serial());
        }
    }

    /** What an application is told. */
    private String refusal() {
        Throwable refused = catchThrowable(() -> ask("SELECT 1"));
        assertThat(refused).isInstanceOf(SQLException.class);
        return refused.getMessage();
    }

    /** What is known of the mode's state shows in the error for a caller who waited in vain. */
    private String refusalOfOneTooMany() throws Exception {
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                all.add(container.dataSource(cluster, MODE).getConnection());
            }
            return refusal();
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    /** Of the certificates that the mode's connections were made with. */
    private List<String> serials() {
        return postgres.rows("SELECT client_serial FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                + " WHERE application_name = 'ucm/" + cluster + "/" + MODE + "'");
    }

    private static long lines(String containing) {
        return container.log().lines().filter(line -> line.contains(containing)).count();
    }

    private static void overwrite(Object file, String content) throws IOException {
        Files.writeString(Path.of((String) file), content);
    }

    private static List<Path> keyCopies() throws IOException {
        try (Stream<Path> tree = Files.walk(instance)) {
            return tree.filter(path -> path.endsWith("client.der")).toList();
        }
    }

    /** Clients that read and write without a pause until they are stopped. */
    private static final class Load {

        private final ConcurrentLinkedQueue<SQLException> failures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger written = new AtomicInteger();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        private final List<CompletableFuture<Void>> clients = new ArrayList<>();

        Load(DataSource source) {
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(CompletableFuture.runAsync(() -> run(source), threads));
            }
        }

        private void run(DataSource source) {
            while (!stopped.get()) {
                try (Connection connection = source.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.executeUpdate("INSERT INTO counted VALUES (1)");
                    written.incrementAndGet();
                    statement.executeQuery("SELECT a FROM counted LIMIT 1").close();
                } catch (SQLException e) {
                    failures.add(e);
                }
            }
        }

        void awaitMore(int writes) {
            int enough = written.get() + writes;
            Awaitility.await().atMost(LIMIT).until(() -> written.get() >= enough);
        }

        void stop() throws Exception {
            stopped.set(true);
            try {
                CompletableFuture.allOf(clients.toArray(new CompletableFuture<?>[0]))
                        .get(60, TimeUnit.SECONDS);
            } finally {
                threads.shutdownNow();
            }
        }
    }
}
