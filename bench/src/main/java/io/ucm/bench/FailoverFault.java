// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.bench;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the primary is lost.
 *
 * @param promotedAfter when somebody else begins to promote a replica, counted from the loss; null: UCM promotes
 */
record FailoverFault(Kind kind, @Nullable Duration promotedAfter) {

    enum Kind {
        KILL("kill -9"),
        FREEZE("SIGSTOP");

        private final String title;

        Kind(String title) {
            this.title = title;
        }
    }

    String title() {
        return kind.title
                + (promotedAfter == null
                        ? ", UCM promotes"
                        : ", promoted after %d s".formatted(promotedAfter.toSeconds()));
    }
}
