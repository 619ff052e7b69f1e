// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.configuration;

import java.io.File;
import org.jspecify.annotations.Nullable;

/**
 * What a file name says.
 *
 * @param pid the PID, or the factory's
 * @param name the name of one of a factory's configurations; null: it is none
 */
record Pid(String pid, @Nullable String name) {

    private static final String JSON = ".cfg.json";
    private static final String PROPERTIES = ".cfg";

    static boolean isIn(File file) {
        return isJson(file) || file.getName().endsWith(PROPERTIES);
    }

    static boolean isJson(File file) {
        return file.getName().endsWith(JSON);
    }

    /** {@code PID.cfg.json}, {@code FACTORY~NAME.cfg.json}, or the same with {@code .cfg}. */
    static Pid of(File file) {
        String all = file.getName();
        String pid = all.substring(0, all.length() - (isJson(file) ? JSON : PROPERTIES).length());
        int separator = pid.indexOf('~');
        return separator < 0 ? new Pid(pid, null) : new Pid(pid.substring(0, separator), pid.substring(separator + 1));
    }

    @Override
    public String toString() {
        return name == null ? pid : pid + "~" + name;
    }
}
