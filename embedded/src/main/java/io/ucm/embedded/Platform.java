// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.util.Locale;

/** An operating system and a processor, by the names that the packaged binaries go by. Immutable. */
record Platform(String os, String arch) {

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.toLowerCase(Locale.ROOT);
        return new Platform(
                os.startsWith("mac") ? "darwin" : os,
                switch (arch) {
                    case "x86_64", "x64" -> "amd64";
                    case "aarch64" -> "arm64";
                    default -> arch;
                });
    }

    boolean macOs() {
        return os.equals("darwin");
    }

    @Override
    public String toString() {
        return os + "-" + arch;
    }
}
