// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import org.jspecify.annotations.Nullable;

/** Where a role's certificate and its key are. Immutable. */
record ClientCertificate(PemFile certificate, PemFile key, Secret password) {

    /** Null when neither is configured. */
    static @Nullable ClientCertificate of(String pid, String certificate, String key, String password) {
        PemFile certificateFile = PemFile.of(pid, "tls.certificate", certificate);
        PemFile keyFile = PemFile.of(pid, "tls.key", key);
        if (certificateFile == null && keyFile == null) {
            return null;
        }
        if (certificateFile == null) {
            throw new IllegalArgumentException(
                    pid + ", tls.certificate: is missing; " + keyFile + " is of no use without its certificate");
        }
        if (keyFile == null) {
            throw new IllegalArgumentException(
                    pid + ", tls.key: is missing; " + certificateFile + " is of no use without its key");
        }
        return new ClientCertificate(certificateFile, keyFile, new Secret(password));
    }
}
