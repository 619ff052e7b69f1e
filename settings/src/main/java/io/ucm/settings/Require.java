// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.settings;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks configuration values; the message names the attribute, the value and what is allowed. */
public final class Require {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    private Require() {}

    public static String text(String attribute, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(attribute + ": is missing");
        }
        return value;
    }

    public static String name(String attribute, @Nullable String value) {
        String name = text(attribute, value);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    attribute + ": '" + name + "': letters, digits, '_', '.' and '-' are allowed");
        }
        return name;
    }

    public static int atLeast(int least, String attribute, int value) {
        if (value < least) {
            throw new IllegalArgumentException(attribute + ": " + value + ": must be at least " + least);
        }
        return value;
    }

    public static int between(int least, int most, String attribute, int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    attribute + ": " + value + ": must be between " + least + " and " + most);
        }
        return value;
    }
}
