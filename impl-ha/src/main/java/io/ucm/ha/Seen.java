// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.spi.BreakerState;
import io.ucm.spi.NodeAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One node as it is seen now.
 *
 * @param silent whether it is down because it gives no answer
 * @param answer the last one, however old; null before the first
 * @param latency the shortest time that its last answers took; null before it has answered some times
 * @param reason why the state is not UP; null when it is
 */
record Seen(
        NodeAddress address,
        NodeState state,
        boolean silent,
        @Nullable Answer answer,
        @Nullable Duration latency,
        @Nullable String reason,
        BreakerState breaker) {

    String id() {
        return address.id();
    }

    boolean up() {
        return state == NodeState.UP;
    }

    boolean down() {
        return state == NodeState.DOWN;
    }

    /** Whether it says that it takes writes, whatever we think of it. */
    boolean claimsPrimary() {
        return answer != null && answer.primary();
    }

    @Nullable
    Identity identity() {
        return answer == null ? null : answer.identity();
    }

    @Nullable
    Facts facts() {
        return answer == null ? null : answer.facts();
    }

    boolean belongsTo(String systemId) {
        Identity identity = identity();
        return identity != null && identity.systemId().equals(systemId);
    }
}
