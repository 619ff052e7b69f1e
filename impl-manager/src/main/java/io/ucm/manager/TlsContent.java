// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was in the files at one moment, checked: certificates are certificates, and the key is the certificate's. What
 * was checked is what is used; the files are not read again for that.
 */
final class TlsContent {

    private static final Pattern BEGIN = Pattern.compile("-----BEGIN [A-Z0-9 ]*CERTIFICATE-----");

    /** The files' bytes, unchecked. */
    record Raw(byte @Nullable [] root, byte @Nullable [] certificate, byte @Nullable [] key) {

        /** Throws IllegalArgumentException when a file can't be read. */
        static Raw read(TlsSettings settings) {
            PemFile root = settings.root();
            ClientCertificate client = settings.client();
            return new Raw(
                    root == null ? null : root.read(),
                    client == null ? null : client.certificate().read(),
                    client == null ? null : client.key().read());
        }

        String fingerprint() {
            return TlsContent.fingerprint(root, certificate, key);
        }
    }

    private final byte @Nullable [] root;
    private final byte @Nullable [] certificate;
    private final @Nullable PrivateKey key;
    private final List<String> warnings = new ArrayList<>();

    /** Throws IllegalArgumentException when a file won't do. */
    TlsContent(TlsSettings settings, Raw raw) {
        root = raw.root();
        certificate = raw.certificate();
        PemFile rootFile = settings.root();
        if (rootFile != null && root != null) {
            certificates(rootFile, root).forEach(ca -> warnOfDates(rootFile, ca));
            if (!settings.mode().verifies()) {
                warnings.add(rootFile + ": is not used, because tls.mode '" + settings.mode()
                        + "' checks no server's certificate; verify-ca and verify-full do");
            }
        }
        ClientCertificate client = settings.client();
        byte[] pem = raw.key();
        if (client != null && certificate != null && pem != null) {
            X509Certificate own =
                    certificates(client.certificate(), certificate).get(0);
            warnOfDates(client.certificate(), own);
            key = PemKey.read(client, pem, own.getPublicKey());
        } else {
            key = null;
        }
    }

    byte @Nullable [] root() {
        return root;
    }

    byte @Nullable [] certificate() {
        return certificate;
    }

    @Nullable
    PrivateKey key() {
        return key;
    }

    /** What may be meant so and may not. */
    List<String> warnings() {
        return warnings;
    }

    /** Equal for equal content, however often it is read. */
    String fingerprint() {
        return fingerprint(root, certificate, key == null ? null : key.getEncoded());
    }

    private static String fingerprint(byte @Nullable []... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(part == null ? -1 : part.length)
                        .flip());
                digest.update(part == null ? new byte[0] : part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<X509Certificate> certificates(PemFile file, byte[] pem) {
        List<X509Certificate> certificates;
        try {
            certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (CertificateException e) {
            throw file.wrong("holds no certificate in PEM that can be read (" + e.getMessage() + ")");
        }
        if (certificates.isEmpty()) {
            throw file.wrong("holds no certificate in PEM (BEGIN CERTIFICATE)");
        }
        // Newer JDKs leave out what is cut off at the end.
        long begun = BEGIN.matcher(new String(pem, StandardCharsets.ISO_8859_1))
                .results()
                .count();
        if (certificates.size() < begun) {
            throw file.wrong("holds no certificate in PEM that can be read at place " + (certificates.size() + 1));
        }
        return certificates;
    }

    private void warnOfDates(PemFile file, X509Certificate certificate) {
        Instant now = Instant.now();
        String whose = file + ": the certificate of " + certificate.getSubjectX500Principal();
        if (certificate.getNotAfter().toInstant().isBefore(now)) {
            warnings.add(whose + " expired on " + certificate.getNotAfter().toInstant());
        } else if (certificate.getNotBefore().toInstant().isAfter(now)) {
            warnings.add(
                    whose + " is not valid before " + certificate.getNotBefore().toInstant());
        }
    }
}
