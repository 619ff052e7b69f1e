// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Duration EVERY = Duration.ofMillis(200);

    @TempDir
    Path folder;

    private final Threads threads = new Threads();
    private final AtomicInteger changes = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private Path root;
    private Certificates certificates;
    private TlsSettings settings;

    @BeforeEach
    void aFile() throws IOException {
        root = Files.writeString(folder.resolve("ca.pem"), TestKeys.EC.certificate());
        settings = new TlsSettings(
                TlsMode.VERIFY_CA, PemFile.of(SettingsTest.ORIGIN, "tls.root.certificate", root.toString()), null);
        certificates = new Certificates(folder.resolve("copies"));
        certificates.readNew(Set.of(settings));
    }

    @AfterEach
    void noThreadStays() {
        threads.close();
    }

    @Test
    void saysWhenAFilesContentChanged() throws IOException {
        Tls before = certificates.state(settings).inForce();
        watch(() -> Set.of(settings));
        Awaitility.await().atMost(LIMIT).until(() -> looks.get() > 0);
        assertThat(changes).hasValue(0);

        replace(root, TestKeys.RSA.certificate());

        Awaitility.await().atMost(LIMIT).until(() -> changes.get() == 1);
        assertThat(certificates.state(settings).inForce()).isNotNull().isNotEqualTo(before);
    }

    @Test
    void aLookThatFailsIsNotTheLast() throws IOException {
        watch(() -> {
            if (looks.get() == 0) {
                throw new IllegalStateException("the first look fails");
            }
            return Set.of(settings);
        });

        replace(root, TestKeys.RSA.certificate());

        Awaitility.await().atMost(LIMIT).until(() -> changes.get() == 1);
    }

    @Test
    void deletesWhatIsNotUsedAnyMore() {
        Path copy = certificates.state(settings).inForce().folder();
        watch(Set::of);

        Awaitility.await().atMost(LIMIT).until(() -> Files.notExists(copy));
    }

    @Test
    void looksNoMoreWhenClosed() {
        CertificateWatch watch = watch(() -> Set.of(settings));
        Awaitility.await().atMost(LIMIT).until(() -> looks.get() > 0);

        watch.close();

        assertThat(threads.timer().isShutdown()).isFalse();
        AtomicInteger seen = new AtomicInteger();
        Awaitility.await()
                .pollInterval(EVERY.multipliedBy(10))
                .atMost(LIMIT)
                .until(() -> seen.getAndSet(looks.get()) == looks.get());
    }

    private CertificateWatch watch(Supplier<Set<TlsSettings>> named) {
        return new CertificateWatch(
                threads,
                certificates,
                () -> {
                    try {
                        return named.get();
                    } finally {
                        looks.incrementAndGet();
                    }
                },
                Set::of,
                changes::incrementAndGet,
                EVERY);
    }

    /** At once: a watch that looks in between must not see half a file. */
    private static void replace(Path file, String content) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, content);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
