// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/** A random secret of 32 bytes. Immutable; never printed by accident. */
final class Token {

    static final int LENGTH = 32;

    private final byte[] bytes;

    private Token(byte[] bytes) {
        this.bytes = bytes;
    }

    static Token random() {
        byte[] bytes = new byte[LENGTH];
        new SecureRandom().nextBytes(bytes);
        return new Token(bytes);
    }

    /** From {@link #text()}. */
    static Token parse(String text) {
        byte[] bytes = HexFormat.of().parseHex(text);
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a token has " + LENGTH + " bytes");
        }
        return new Token(bytes);
    }

    /** For the file that only its owner can read. */
    String text() {
        return HexFormat.of().formatHex(bytes);
    }

    byte[] bytes() {
        return bytes.clone();
    }

    /** Takes the same time wherever the difference is. */
    boolean matches(byte[] other) {
        return MessageDigest.isEqual(bytes, other);
    }

    @Override
    public String toString() {
        return "a token";
    }
}
