// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The TLS of one role's connections as configured: which files, not what is in them. Immutable. */
record TlsSettings(
        TlsMode mode, @Nullable PemFile root, @Nullable ClientCertificate client) {

    static TlsSettings of(Origin origin, ClusterConfig config) {
        TlsMode mode = TlsMode.of(config.tls_mode());
        PemFile root = PemFile.of(origin, "tls.root.certificate", config.tls_root_certificate());
        if (mode.verifies() && root == null) {
            throw new IllegalArgumentException("tls.root.certificate: is missing; tls.mode '" + mode
                    + "' needs the PEM file of the CAs that the servers' certificates are checked against");
        }
        return new TlsSettings(
                mode,
                root,
                ClientCertificate.of(origin, config.tls_certificate(), config.tls_key(), config._tls_key_password()));
    }

    /** The same for a role with a certificate of its own; null: it has none. */
    TlsSettings with(@Nullable ClientCertificate own) {
        return own == null ? this : new TlsSettings(mode, root, own);
    }

    /** Whether any file is to be read. */
    boolean hasFiles() {
        return mode != TlsMode.DISABLE && (root != null || client != null);
    }

    @Override
    public String toString() {
        return Stream.of(root, client == null ? null : client.certificate(), client == null ? null : client.key())
                .filter(file -> file != null)
                .map(PemFile::toString)
                .collect(Collectors.joining("; "));
    }
}
