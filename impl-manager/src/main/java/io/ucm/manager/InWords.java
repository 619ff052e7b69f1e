// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;

/** Values as an operator reads them. */
final class InWords {

    private static final int SECOND = 1_000;
    private static final int TEN_SECONDS = 10_000;

    private InWords() {}

    /** {@code 5 s} or {@code 150 ms}. */
    static String duration(long ms) {
        return ms % SECOND == 0 ? ms / SECOND + " s" : ms + " ms";
    }

    /** A time that was measured, in whole seconds from ten on. */
    static String seconds(long ms) {
        return ms < TEN_SECONDS ? duration(ms) : duration(ms - ms % SECOND);
    }

    /** @param zero what no time at all means */
    static String duration(Duration duration, String zero) {
        return duration.isZero() ? zero : duration(duration.toMillis());
    }
}
