// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of Patroni's REST API: one for each file of CAs, made anew when its content changes, and one for the JVM's own.
 * Each begins with its first use, with a thread of its own; on a Java that can't end them they end with this object.
 * Thread-safe.
 */
final class PatroniClients {

    private static final Logger LOG = LoggerFactory.getLogger(PatroniClients.class);
    private static final Duration CONNECT = Duration.ofSeconds(1);

    private record Made(byte[] cas, HttpClient client) {}

    private final Executor executor;

    /** By their file; null: none. Guarded by this. */
    private final Map<@Nullable PemFile, Made> made = new HashMap<>();

    PatroniClients(Executor executor) {
        this.executor = executor;
    }

    /** Reads the file; throws when it won't do. */
    synchronized HttpClient client(@Nullable PemFile root) throws IOException {
        try {
            byte[] cas = root == null ? new byte[0] : root.read();
            Made before = made.get(root);
            if (before != null && Arrays.equals(before.cas(), cas)) {
                return before.client();
            }
            HttpClient client = make(root, cas);
            made.put(root, new Made(cas, client));
            return client;
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private HttpClient make(@Nullable PemFile root, byte[] cas) throws GeneralSecurityException, IOException {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .executor(executor);
        return (root == null ? builder : builder.sslContext(trusting(TlsContent.certificates(root, cas)))).build();
    }

    private static SSLContext trusting(List<X509Certificate> cas) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < cas.size(); i++) {
            store.setCertificateEntry("ca" + i, cas.get(i));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** From Java 21 on a client can be closed, which waits for what is out. */
    void close() {
        List<Made> used;
        synchronized (this) {
            used = List.copyOf(made.values());
            made.clear();
        }
        for (Made one : used) {
            if (one.client() instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    LOG.debug("a client of Patroni's REST API did not end", e);
                }
            }
        }
    }
}
