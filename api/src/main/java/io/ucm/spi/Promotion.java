// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import org.jspecify.annotations.Nullable;

/**
 * Whether another node would be made the primary by the watcher itself, if the primary were lost now.
 *
 * @param why why not; null when it would
 */
public record Promotion(boolean armed, @Nullable String why) {

    public static final Promotion ARMED = new Promotion(true, null);

    /** Where {@link FailoverPolicy#FOLLOW} is in force. */
    public static final Promotion OF_OTHERS =
            disarmed("failover.policy is FOLLOW: somebody else promotes, and the new primary is followed");

    public static Promotion disarmed(String why) {
        return new Promotion(false, why);
    }
}
