// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the file of a secret found. Two that are equal saw a file that stood still in between. The secret
 * itself is not kept.
 *
 * @param digest of the secret; null: there is none to be had
 * @param trouble why there is none; empty: there is one
 * @param written when the file was last written; null: unknown
 * @param size of the file in bytes
 */
record SecretLook(
        @Nullable String digest, String trouble, @Nullable FileTime written, long size) {

    static SecretLook none(String trouble) {
        return new SecretLook(null, trouble, null, 0);
    }

    boolean isThere() {
        return digest != null;
    }

    boolean sameSecret(SecretLook other) {
        return Objects.equals(digest, other.digest);
    }
}
