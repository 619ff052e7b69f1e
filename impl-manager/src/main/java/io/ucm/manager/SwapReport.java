// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One exchange.
 *
 * @param at when it began, ISO 8601
 * @param to null: nothing has come yet
 * @param cause what led to it
 * @param drained connections that were out, and came back
 * @param aborted connections that were closed while they were out
 * @param parked callers that waited because there was nothing
 * @param longestGapMs for how long no caller of a pool was done although there were some
 * @param longestWaitMs how long one waited for a connection
 * @param why it went as it went; null: as it should
 */
record SwapReport(
        String at,
        String slot,
        String from,
        @Nullable String to,
        String cause,
        long drained,
        long aborted,
        long parked,
        double longestGapMs,
        double longestWaitMs,
        Outcome outcome,
        @Nullable String why) {

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %s -> %s (%s): %s%s; %d connections drained, %d aborted, %d callers parked, "
                        + "longest gap %.1f ms, longest wait %.1f ms",
                slot,
                from,
                to == null ? "nothing yet" : to,
                cause,
                outcome,
                why == null ? "" : ", " + why,
                drained,
                aborted,
                parked,
                longestGapMs,
                longestWaitMs);
    }

    enum Outcome {
        /** It has not come to its end. */
        RUNNING,
        /** The new one serves, and nothing of the old one is left. */
        DONE,
        /** The new one is no good, and the old one serves on. */
        ROLLED_BACK,
        /** Another exchange came in between. */
        SUPERSEDED
    }
}
