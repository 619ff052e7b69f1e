// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/** Turns what was thrown into one line for a person. */
final class Failure {

    private static final int CAUSES = 4;

    private Failure() {}

    /** The message, then those of the causes that say something new. A type is named only where its message is none. */
    static String message(Throwable thrown) {
        Throwable first = unwrap(thrown);
        StringBuilder text = new StringBuilder(describe(first));
        Throwable cause = first.getCause();
        for (int i = 0; i < CAUSES && cause != null; i++, cause = cause.getCause()) {
            String more = describe(cause);
            if (text.indexOf(more) < 0) {
                text.append(": ").append(more);
            }
        }
        return text.toString().strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** Wrappers say where a call went through, never what is wrong. */
    private static Throwable unwrap(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wrapper = thrown instanceof InvocationTargetException || repeats(thrown.getMessage(), cause);
        return wrapper && cause != null ? unwrap(cause) : thrown;
    }

    private static boolean repeats(@Nullable String message, @Nullable Throwable cause) {
        return cause != null && (message == null || message.equals(cause.toString()));
    }

    /** An error's message ('io/ucm/Node') tells nothing without its type. */
    private static String describe(Throwable thrown) {
        String message = thrown.getMessage();
        if (message == null || message.isBlank()) {
            return thrown.getClass().getSimpleName();
        }
        return thrown instanceof Error ? thrown.getClass().getSimpleName() + ": " + message : message;
    }
}
