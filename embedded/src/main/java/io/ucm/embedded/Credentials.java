// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.security.SecureRandom;
import java.util.HexFormat;

/** A user's name and password. Immutable; its text form doesn't tell the password. */
record Credentials(String user, String password) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_BYTES = 24;

    /** With a new password of 48 hexadecimal digits. */
    static Credentials random(String user) {
        byte[] password = new byte[PASSWORD_BYTES];
        RANDOM.nextBytes(password);
        return new Credentials(user, HexFormat.of().formatHex(password));
    }

    @Override
    public String toString() {
        return user;
    }
}
