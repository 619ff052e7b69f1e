// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * How far away one node is in time: the shortest of its last answers. What a busy node or a busy machine adds comes and goes, the
 * way stays (as TCP takes the way from the least round trip of a window: Cardwell et al., BBR, 2016). One thread.
 */
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
    Duration shortest() {
        return last.size() < LEAST ? null : Collections.min(last);
    }
}
