// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.shell;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

/** Writes what a command returns as JSON for scripts. Thread-safe. */
public final class Json {

    private static final Gson GSON =
            new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    private Json() {}

    /** One line with one object: a record by its components in their order, a map by its keys. */
    public static String line(Object object) {
        return GSON.toJson(object);
    }
}
