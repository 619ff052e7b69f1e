// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** How long the answers of one node take: the median of the last ones, so that a single late one says nothing. One thread. */
final class Latency {

    private static final int MOST = 9;
    private static final int LEAST = 5;

    private final Queue<Duration> last = new ArrayDeque<>();

    void took(Duration time) {
        if (last.size() == MOST) {
            last.remove();
        }
        last.add(time);
    }

    /** Null before the fifth answer. */
    @Nullable
    Duration median() {
        return last.size() < LEAST
                ? null
                : last.stream().sorted().skip(last.size() / 2).findFirst().orElse(null);
    }
}
