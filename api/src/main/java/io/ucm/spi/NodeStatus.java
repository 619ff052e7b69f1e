// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import io.ucm.api.Node;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link Topology}. What is null was not told yet.
 *
 * @param readable whether reads may go there now: it answers, its history is ours, and it is within the lag limits
 * @param distance of a replica that is readable, whether it is read; else NEAR
 * @param silent whether it is down because it gives no answer: who waits for one there waits in vain
 * @param timeline the timeline it is on
 * @param lsn its position, as the server prints it: written on a primary, replayed on a replica
 * @param lagBytes what it has not replayed of what the primary had written; 0 on the primary
 * @param lagMs how far behind that is in time; 0 when nothing is missing
 * @param latencyMs how long its answers to the watch take: the shortest of the last ones
 */
public record NodeStatus(
        Node node,
        boolean readable,
        Distance distance,
        boolean silent,
        @Nullable Integer timeline,
        @Nullable String lsn,
        @Nullable Long lagBytes,
        @Nullable Long lagMs,
        @Nullable Double latencyMs,
        BreakerState breaker) {}
