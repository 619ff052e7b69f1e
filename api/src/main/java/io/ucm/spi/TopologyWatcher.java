// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/** Finds out who is what in a cluster: the service by which an implementation fills the slot {@code ha}. Thread-safe. */
@ConsumerType
@FunctionalInterface
public interface TopologyWatcher {

    /**
     * Watches a cluster from now on. Does not block.
     *
     * @param listener gets each new snapshot, one at a time, in order; it does not block
     */
    TopologyWatch watch(WatchedCluster cluster, Consumer<Topology> listener);
}
