// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One server of a cluster, as it was when it was last asked.
 *
 * @param id the name it has in the configuration, unique in its cluster
 * @param asked when the answer came; null before the first one
 * @param reason why the state is not {@link NodeState#UP}, or why a node that is up is not used; null when it is used
 */
public record Node(
        String id,
        String host,
        int port,
        Role role,
        NodeState state,
        @Nullable Instant asked,
        @Nullable String reason) {}
