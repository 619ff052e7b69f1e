// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Patroni's REST API. Thread-safe. The client, and the thread that it has of its own, begin with the first question; on
 * a Java that can't end them they end with this object.
 */
final class PatroniApi {

    private static final Logger LOG = LoggerFactory.getLogger(PatroniApi.class);

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final int OK = 200;

    private final Executor executor;

    /** Guarded by this. */
    private @Nullable HttpClient client;

    PatroniApi(Executor executor) {
        this.executor = executor;
    }

    /** The addresses that the attribute names; throws when one won't do. */
    static List<URI> addresses(String @Nullable [] texts) {
        return texts == null
                ? List.of()
                : Arrays.stream(texts)
                        .flatMap(text -> Arrays.stream(text.split(",")))
                        .map(PatroniApi::address)
                        .toList();
    }

    private static URI address(String text) {
        try {
            URI address = new URI(text.strip().replaceFirst("/+$", ""));
            boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
            if (http && address.getHost() != null && address.getUserInfo() == null && address.getRawQuery() == null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // It is said below.
        }
        throw new IllegalArgumentException(
                "patroni: '" + text + "' is not the address of a REST API, such as http://10.0.0.1:8008");
    }

    /**
     * The first answer of these addresses, asked one after the other: blocks up to 2 s for each that is silent. Throws when none
     * answers, and says why for each.
     */
    PatroniAnswer cluster(List<URI> addresses) throws IOException, InterruptedException {
        List<String> failures = new ArrayList<>();
        for (URI address : addresses) {
            try {
                return PatroniAnswer.parse(get(URI.create(address + "/cluster")));
            } catch (IOException e) {
                failures.add(address + " " + e.getMessage());
            }
        }
        throw new IOException(String.join("; ", failures));
    }

    private String get(URI address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(ANSWER).build();
        CompletableFuture<HttpResponse<String>> answer = client().sendAsync(request, BodyHandlers.ofString());
        try {
            HttpResponse<String> response = answer.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException("answered with status " + response.statusCode());
            }
            return response.body();
        } catch (TimeoutException e) {
            throw new IOException("gave no answer within " + InWords.duration(ANSWER.toMillis()), e);
        } catch (ExecutionException e) {
            throw new IOException("could not be asked: " + reason(e.getCause()), e);
        } finally {
            answer.cancel(true);
        }
    }

    /** Some of the JDK's exceptions have no message. */
    private static String reason(Throwable failure) {
        return failure instanceof ConnectException && failure.getMessage() == null
                ? "connection refused"
                : failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .executor(executor)
                    .build();
        }
        return client;
    }

    /** From Java 21 on a client can be closed, which waits for what is out. */
    void close() {
        HttpClient used;
        synchronized (this) {
            used = client;
            client = null;
        }
        if (used instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.debug("the client of Patroni's REST API did not end", e);
            }
        }
    }
}
