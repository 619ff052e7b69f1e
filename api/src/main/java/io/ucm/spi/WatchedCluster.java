// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** A cluster that is to be watched, and the way to its nodes. Thread-safe. */
@ProviderType
public interface WatchedCluster {

    String name();

    /** In the order of the configuration. */
    List<NodeAddress> nodes();

    /** The id of the node that the configuration calls the primary. */
    String configuredPrimary();

    /** Who makes another node the primary when that is lost. */
    FailoverPolicy failoverPolicy();

    /** Who is to be asked when roles are exchanged by plan; empty where {@link ServerControl} does it, or nobody. */
    default Optional<RoleExchange> roleExchange() {
        return Optional.empty();
    }

    /**
     * For how long nothing has come from that node over the connections that serve callers; empty when there are none. A
     * node that answers them is alive, whatever becomes of a question. Does not block.
     */
    Optional<Duration> silence(String node);

    /**
     * A new connection to that node, as the cluster's own role, that nobody else uses; the caller closes it. Blocks up to
     * the timeout while it connects; after that each answer of the server may take as long as the timeout, or the
     * connection breaks. Fails while no driver is installed or the cluster names no role.
     */
    Connection connect(String node, Duration timeout) throws SQLException;

    /**
     * The same for the replication protocol, in simple query mode: it takes {@code IDENTIFY_SYSTEM} and {@code
     * TIMELINE_HISTORY}, and no SQL.
     */
    Connection connectReplication(String node, Duration timeout) throws SQLException;
}
