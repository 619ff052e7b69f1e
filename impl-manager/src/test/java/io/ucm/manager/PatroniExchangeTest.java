// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Patroni is asked for when roles are exchanged, and what becomes of its answers. */
@Timeout(30)
class PatroniExchangeTest {

    private static final String DONE = "Successfully switched over to \"n2\"";
    private static final Map<String, Object> AS_UCM =
            Map.of("patroni_user", "ucm", "_patroni_password", "patroni-secret");

    @TempDir
    Path folder;

    private final Threads threads = new Threads();
    private final PatroniApi api = new PatroniApi(threads.background());
    private final List<HttpServer> servers = new ArrayList<>();
    /** A server stands still in a handshake that failed. */
    private final ExecutorService requests = Executors.newCachedThreadPool();

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String text = DONE;
    private volatile ClusterSettings cluster;

    private final PatroniExchange exchange = new PatroniExchange(api, () -> cluster);

    @AfterEach
    void close() {
        api.close();
        servers.forEach(server -> server.stop(0));
        requests.shutdownNow();
        threads.close();
    }

    private String failure() {
        Throwable failure = catchThrowable(() -> exchange.exchange("n1", "n2"));
        assertThat(failure).isInstanceOf(IOException.class);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(String.valueOf(cause.getMessage())).doesNotContain("patroni-secret");
        }
        return failure.getMessage();
    }

    @Test
    void theFirstThatCanBeReachedIsAsked() throws Exception {
        configure(AS_UCM, nobody(), answering(), answering());

        exchange.exchange("n1", "n2");

        assertThat(asked)
                .containsExactly("POST /switchover Basic dWNtOnBhdHJvbmktc2VjcmV0"
                        + " {\"leader\":\"n1\",\"candidate\":\"n2\"}");
    }

    @Test
    void withoutAUserNoneIsShown() throws Exception {
        configure(Map.of(), answering());

        exchange.exchange("n1", "n2");

        assertThat(asked).containsExactly("POST /switchover null {\"leader\":\"n1\",\"candidate\":\"n2\"}");
    }

    @Test
    void aNewPasswordIsTakenAtOnce() throws Exception {
        String address = answering();
        configure(AS_UCM, address);
        exchange.exchange("n1", "n2");
        configure(Map.of("patroni_user", "ucm", "_patroni_password", "new"), address);
        exchange.exchange("n2", "n1");

        assertThat(asked).last().asString().startsWith("POST /switchover Basic dWNtOm5ldw==");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | no auth header received | set patroni.user and .patroni.password of io.ucm.cluster",
                "403 | Access is denied | its restapi.allowlist must have this host's address",
                "412 | candidate name does not match with sync_standby | nothing was done; 'patronictl list' shows",
                "503 | Switchover failed | ucm:topology tells who the primary is now",
                "501 | no such method | check that patroni of io.ucm.cluster is the address",
                "200 | Switched over to \"n3\" instead of \"n2\" | ucm:topology tells who the primary is"
            })
    void aRefusalIsSaidWithTheWayOutAndNobodyElseIsAsked(int answered, String said, String wayOut) throws Exception {
        String address = answering();
        configure(Map.of(), address, answering());
        status = answered;
        text = said + "\n";

        assertThat(failure())
                .startsWith("Patroni at %s answered %d (%s): ".formatted(address, answered, said))
                .contains(wayOut);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aUserThatIsNotTakenIsNamed() throws Exception {
        configure(AS_UCM, answering());
        status = 401;
        text = "not authenticated";

        assertThat(failure())
                .contains("(not authenticated): patroni.user 'ucm' and .patroni.password of io.ucm.cluster must be");
    }

    @Test
    void aPageIsCutShort() throws Exception {
        configure(Map.of(), answering());
        status = 502;
        text = "<html>\n" + "x".repeat(10_000);

        assertThat(failure()).contains("answered 502 (<html> xxx").hasSizeLessThan(400);
    }

    @Test
    void whereNobodyCanBeReachedNothingWasDone() throws Exception {
        String one = nobody();
        String other = nobody();
        configure(AS_UCM, one, other);

        assertThat(failure())
                .isEqualTo(
                        "nothing was done: Patroni at %s could not be asked: connection refused; %s could not be asked: connection refused"
                                .formatted(one, other));
    }

    @Test
    void anAnswerThatIsLostMayMeanThatItIsDone() throws Exception {
        HttpServer losing = server();
        losing.createContext("/", HttpExchange::close);
        configure(AS_UCM, address(losing), answering());

        assertThat(failure()).contains(address(losing), "it may do it still: ucm:topology tells who the primary is");
        assertThat(asked).as("nobody else is asked").isEmpty();
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        HttpServer slow = server();
        slow.createContext("/", request -> {
            inside.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        configure(AS_UCM, address(slow));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread waiting = new Thread(() -> failure.complete(catchThrowable(() -> exchange.exchange("n1", "n2"))));
        waiting.start();
        inside.await();

        waiting.interrupt();

        assertThat(failure.get()).isInstanceOf(InterruptedException.class);
        over.countDown();
    }

    @Test
    void aClusterThatIsGoneIsNotAsked() {
        cluster = null;

        assertThatThrownBy(() -> exchange.exchange("n1", "n2")).hasMessageContaining("is not configured");
    }

    @Test
    void aCertificateIsCheckedAgainstTheFileOfCas() throws Exception {
        configure(trusting(TestKeys.RSA), secure(TestKeys.RSA));
        exchange.exchange("n1", "n2");
        assertThat(asked).hasSize(1);

        configure(trusting(TestKeys.OTHER_RSA), secure(TestKeys.RSA));
        assertThat(failure())
                .startsWith("nothing was done: Patroni at https://127.0.0.1")
                .contains("PKIX");
        configure(AS_UCM, secure(TestKeys.RSA));
        assertThat(failure()).as("the JVM does not know it").contains("PKIX");
        assertThat(asked).hasSize(1);
    }

    @Test
    void aCertificateOfAnotherHostIsRefused() throws Exception {
        configure(trusting(TestKeys.RSA), secure(TestKeys.RSA).replace("127.0.0.1", "localhost"));

        assertThat(failure()).startsWith("nothing was done: ").contains("localhost");
        assertThat(asked).isEmpty();
    }

    @Test
    void newCasAreTakenFromTheSameFile() throws Exception {
        Map<String, Object> settings = trusting(TestKeys.OTHER_RSA);
        String address = secure(TestKeys.RSA);
        configure(settings, address);
        assertThat(failure()).contains("PKIX");

        trusting(TestKeys.RSA);
        exchange.exchange("n1", "n2");

        assertThat(asked).hasSize(1);
    }

    @Test
    void aFileThatWillNotDoIsNamed() throws Exception {
        Map<String, Object> settings = trusting(TestKeys.RSA);
        configure(settings, secure(TestKeys.RSA));
        Files.writeString(folder.resolve("ca.pem"), "none");
        assertThat(failure()).contains("patroni.root.certificate: '" + folder, "holds no certificate in PEM");

        Files.delete(folder.resolve("ca.pem"));
        assertThat(failure()).contains("there is no such file");
        assertThat(asked).isEmpty();
    }

    @Test
    void theMembersAreAskedForOverHttpsToo() throws Exception {
        text = "{\"members\": [{\"name\": \"n1\", \"role\": \"leader\", \"host\": \"db1\"}]}";
        configure(trusting(TestKeys.RSA), secure(TestKeys.RSA));

        assertThat(api.cluster(cluster.patroni()).leader().id()).isEqualTo("n1");
        assertThat(asked).as("a question needs no password").containsExactly("GET /cluster null ");
    }

    private void configure(Map<String, Object> changes, String... addresses) {
        Map<String, Object> all = new HashMap<>(changes);
        all.put("patroni", addresses);
        cluster = ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(ClusterConfig.class, Map.of("cluster", "main", "database", "ucm"), all));
    }

    private Map<String, Object> trusting(TestKeys keys) throws IOException {
        Path file = Files.writeString(folder.resolve("ca.pem"), keys.certificate());
        Map<String, Object> all = new HashMap<>(AS_UCM);
        all.put("patroni_root_certificate", file.toString());
        return all;
    }

    private String answering() throws IOException {
        HttpServer server = server();
        server.createContext("/", this::answer);
        return address(server);
    }

    private void answer(HttpExchange request) throws IOException {
        asked.add("%s %s %s %s"
                .formatted(
                        request.getRequestMethod(),
                        request.getRequestURI(),
                        request.getRequestHeaders().getFirst("Authorization"),
                        new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        request.sendResponseHeaders(status, body.length);
        request.getResponseBody().write(body);
        request.close();
    }

    private String secure(TestKeys keys) throws Exception {
        Certificate certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(keys.certificate().getBytes(StandardCharsets.US_ASCII)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "own",
                KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(keys.der())),
                new char[0],
                new Certificate[] {certificate});
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", this::answer);
        started(server);
        return address(server).replace("http:", "https:");
    }

    private HttpServer server() throws IOException {
        return started(HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0));
    }

    private HttpServer started(HttpServer server) {
        servers.add(server);
        server.setExecutor(requests);
        server.start();
        return server;
    }

    private static String nobody() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return "http://127.0.0.1:" + taken.getLocalPort();
        }
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
