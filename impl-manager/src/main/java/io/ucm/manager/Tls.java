// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Secret;
import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * The TLS that a connection is made with: files whose content is checked and never changes. Immutable; equal when the
 * mode and the content are.
 *
 * @param folder where the files are; null: none is needed
 * @param keyPassword what the key there is encrypted with
 */
record Tls(TlsMode mode, @Nullable Path folder, boolean root, boolean client, Secret keyPassword) {

    static final String ROOT_FILE = "root.pem";
    static final String CERTIFICATE_FILE = "client.pem";

    /** The driver tells the form of a key by its name: this one is PKCS#8, encrypted. */
    static final String KEY_FILE = "client.der";

    static Tls withoutFiles(TlsMode mode) {
        return new Tls(mode, null, false, false, new Secret(""));
    }

    /** Sets what the driver knows it by. Nothing is left to what the driver finds in the user's home. */
    void into(Properties properties) {
        properties.setProperty("sslmode", mode.toString());
        if (folder != null && root) {
            properties.setProperty("sslrootcert", folder.resolve(ROOT_FILE).toString());
        }
        boolean has = folder != null && client;
        properties.setProperty("sslcert", has ? folder.resolve(CERTIFICATE_FILE).toString() : "");
        properties.setProperty("sslkey", has ? folder.resolve(KEY_FILE).toString() : "");
        // Without a password the driver would ask for one on the console.
        properties.setProperty("sslpassword", keyPassword.reveal());
    }
}
