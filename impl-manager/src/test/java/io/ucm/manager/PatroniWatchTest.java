// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.ucm.spi.NodeAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Patroni's answers over HTTP. */
@Timeout(30)
class PatroniWatchTest {

    private static final String ONE = "{\"members\": [{\"name\": \"n1\", \"role\": \"leader\", \"host\": \"db1\"}]}";
    private static final String TWO =
            "{\"members\": [{\"name\": \"n1\", \"host\": \"db1\"}, {\"name\": \"n2\", \"host\": \"db2\"}]}";

    private final Threads threads = new Threads();
    private final PatroniMembers members = new PatroniMembers();
    private final AtomicInteger changes = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, ClusterSettings> clusters = new HashMap<>();
    private volatile int status = 200;
    private volatile String answer = ONE;
    private PatroniWatch watch;

    @AfterEach
    void close() {
        if (watch != null) {
            watch.close();
        }
        over.countDown();
        servers.forEach(server -> server.stop(0));
        threads.close();
    }

    @Test
    void theMembersAreAskedAgainAndAgain() throws IOException {
        watch(answering());

        watch.askSoon();
        await().until(() -> nodes().equals(List.of("n1")) && changes.get() == 1);
        answer = TWO;
        await().until(() -> nodes().equals(List.of("n1", "n2")) && changes.get() == 2);
        assertThat(members.problem("main")).isNull();
    }

    @Test
    void whoeverAnswersWillDo() throws IOException {
        watch(nobody(), silent(), answering());

        watch.askSoon();

        await().until(() -> nodes().equals(List.of("n1")));
        assertThat(members.problem("main")).isNull();
    }

    @Test
    void whereNobodyAnswersEachSaysWhy() throws IOException {
        String nobody = nobody();
        String silent = silent();
        String refusing = answering();
        status = 503;
        watch(nobody, silent, refusing);

        watch.askSoon();

        await().until(() -> members.problem("main") != null);
        assertThat(members.problem("main"))
                .isEqualTo(nobody + " could not be asked: connection refused; " + silent
                        + " gave no answer within 2 s; " + refusing + " answered with status 503");
        assertThat(members.whyNone("main"))
                .startsWith("the nodes of cluster 'main' are not known: Patroni has not named them: http");
        assertThat(changes).hasValue(1);
        status = 200;
        await().until(() -> nodes().equals(List.of("n1")) && members.problem("main") == null);
    }

    @Test
    void nothingIsAskedAfterTheEnd() throws IOException {
        watch(answering());
        watch.close();
        threads.close();

        watch.askSoon();

        assertThat(nodes()).isEmpty();
    }

    private void watch(String... addresses) {
        ClusterSettings settings = ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(
                        ClusterConfig.class,
                        Map.of("cluster", "main", "patroni", addresses, "database", "ucm"),
                        Map.of()));
        clusters.put("main", settings);
        watch = new PatroniWatch(threads, members, () -> clusters, name -> null, changes::incrementAndGet);
    }

    private List<String> nodes() {
        return members.completed(clusters.get("main")).nodes().stream()
                .map(NodeAddress::id)
                .toList();
    }

    /** Answers at /cluster only. */
    private String answering() throws IOException {
        HttpServer server = server();
        server.createContext("/cluster", exchange -> {
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        return address(server);
    }

    /** Begins an answer and never ends it. */
    private String silent() throws IOException {
        HttpServer server = server();
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return address(server);
    }

    private String nobody() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return "http://127.0.0.1:" + taken.getLocalPort();
        }
    }

    private HttpServer server() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        servers.add(server);
        server.start();
        return server;
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }
}
