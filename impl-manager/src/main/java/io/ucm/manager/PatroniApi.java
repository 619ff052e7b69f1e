// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;

/** Asks Patroni's REST API. Thread-safe. */
final class PatroniApi {

    private static final Duration ANSWER = Duration.ofSeconds(2);

    /** Patroni itself waits for 20 s, where loop_wait is not longer than 10. */
    private static final Duration EXCHANGED = Duration.ofSeconds(30);

    private static final int OK = 200;

    private final PatroniClients clients;

    PatroniApi(Executor executor) {
        this.clients = new PatroniClients(executor);
    }

    /**
     * The first answer of its addresses, asked one after the other: blocks up to 2 s for each that is silent. Throws when none
     * answers, and says why for each.
     */
    PatroniAnswer cluster(PatroniSettings patroni) throws IOException, InterruptedException {
        HttpClient client = clients.client(patroni.root());
        List<String> failures = new ArrayList<>();
        for (URI address : patroni.addresses()) {
            try {
                HttpResponse<String> response =
                        send(client, request(address, "/cluster").build(), ANSWER);
                if (response.statusCode() != OK) {
                    throw new IOException("answered with status " + response.statusCode());
                }
                return PatroniAnswer.parse(response.body());
            } catch (IOException e) {
                failures.add(address + " " + e.getMessage());
            }
        }
        throw new IOException(String.join("; ", failures));
    }

    /**
     * Asks the first of its addresses that can be reached, and no other one: what was sent may be done. Blocks until it is, up
     * to 30 s. Throws when none can be reached, or the answer does not come.
     */
    PatroniReply switchover(PatroniSettings patroni, String leader, String candidate)
            throws IOException, InterruptedException {
        HttpClient client = clients.client(patroni.root());
        JsonObject roles = new JsonObject();
        roles.addProperty("leader", leader);
        roles.addProperty("candidate", candidate);
        List<String> failures = new ArrayList<>();
        for (URI address : patroni.addresses()) {
            HttpRequest.Builder request = request(address, "/switchover")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(roles.toString()));
            if (!patroni.user().isEmpty()) {
                request.header("Authorization", basic(patroni));
            }
            try {
                HttpResponse<String> response = send(client, request.build(), EXCHANGED);
                return new PatroniReply(address, response.statusCode(), response.body());
            } catch (IOException e) {
                failures.add(address + " " + e.getMessage());
                if (!unsent(e.getCause())) {
                    throw new IOException(
                            "Patroni at %s; it may do it still: ucm:topology tells who the primary is"
                                    .formatted(String.join("; ", failures)),
                            e);
                }
            }
        }
        throw new IOException("nothing was done: Patroni at " + String.join("; ", failures));
    }

    private static String basic(PatroniSettings patroni) {
        String both = patroni.user() + ":" + patroni.password().reveal();
        return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpRequest.Builder request(URI address, String path) {
        return HttpRequest.newBuilder(URI.create(address + path));
    }

    /** The limit is also that of an answer that has begun. A failure's cause is the client's own. */
    private static HttpResponse<String> send(HttpClient client, HttpRequest request, Duration limit)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("gave no answer within " + InWords.duration(limit.toMillis()), e);
        } catch (ExecutionException e) {
            throw new IOException("could not be asked: " + reason(e.getCause()), e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    /** Whether it is certain that nothing was asked. */
    private static boolean unsent(Throwable failure) {
        return failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof HttpConnectTimeoutException
                || failure instanceof SSLHandshakeException;
    }

    /** Some of the JDK's exceptions have no message. */
    private static String reason(Throwable failure) {
        return failure instanceof ConnectException && failure.getMessage() == null
                ? "connection refused"
                : failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    void close() {
        clients.close();
    }
}
