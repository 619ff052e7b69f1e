// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Origin;
import io.ucm.settings.Secret;
import org.jspecify.annotations.Nullable;

/** Where a role's certificate and its key are. Immutable. */
record ClientCertificate(PemFile certificate, PemFile key, Secret password) {

    /** Null when neither is configured. */
    static @Nullable ClientCertificate of(Origin origin, String certificate, String key, String password) {
        PemFile certificateFile = PemFile.of(origin, "tls.certificate", certificate);
        PemFile keyFile = PemFile.of(origin, "tls.key", key);
        if (certificateFile == null && keyFile == null) {
            return null;
        }
        if (certificateFile == null) {
            throw new IllegalArgumentException(
                    "tls.certificate: is missing; " + keyFile.named() + " is of no use without its certificate");
        }
        if (keyFile == null) {
            throw new IllegalArgumentException(
                    "tls.key: is missing; " + certificateFile.named() + " is of no use without its key");
        }
        return new ClientCertificate(certificateFile, keyFile, new Secret(password));
    }
}
