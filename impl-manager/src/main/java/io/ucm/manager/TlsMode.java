// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How much TLS a connection must have, by the names that PostgreSQL's clients share. */
enum TlsMode {
    DISABLE("disable"),
    PREFER("prefer"),
    REQUIRE("require"),
    VERIFY_CA("verify-ca"),
    VERIFY_FULL("verify-full");

    private final String text;

    TlsMode(String text) {
        this.text = text;
    }

    static TlsMode of(String value) {
        return Arrays.stream(values())
                .filter(mode -> mode.text.equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("tls.mode: '" + value + "' is none of "
                        + Arrays.stream(values()).map(TlsMode::toString).collect(Collectors.joining(", "))));
    }

    /** Whether the server's certificate is checked. */
    boolean verifies() {
        return this == VERIFY_CA || this == VERIFY_FULL;
    }

    @Override
    public String toString() {
        return text;
    }
}
