// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

import java.util.Objects;

/** What a failure is called in messages. */
final class Failure {

    private Failure() {}

    /** What it says, and what its first cause says. */
    static String describe(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String what = said(failure);
        String why = said(root);
        return what.contains(why) ? what : what + ": " + why;
    }

    private static String said(Throwable failure) {
        return Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
    }
}
