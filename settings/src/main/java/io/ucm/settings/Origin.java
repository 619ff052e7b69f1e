// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a configuration came from, as its operator knows it: its PID, and its file where there is one. */
public record Origin(String pid, @Nullable String file) {

    private static final String FILE = "felix.fileinstall.filename";

    /** Of a component's properties. */
    public static Origin of(Map<String, ?> properties) {
        Object pid = properties.get("service.pid");
        Object file = properties.get(FILE);
        return new Origin(
                pid == null ? "a configuration without a PID" : pid.toString(),
                file == null ? null : path(file.toString()));
    }

    private static String path(String file) {
        return file.startsWith("file:") ? Path.of(URI.create(file)).toString() : file;
    }

    @Override
    public String toString() {
        return file == null ? pid : pid + " (" + file + ")";
    }
}
