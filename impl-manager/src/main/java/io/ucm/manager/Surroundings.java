// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Node;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatch;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the managers of one cluster share. Thread-safe; nothing blocks. */
interface Surroundings {

    /** The cluster's nodes as last seen. */
    List<Node> nodes();

    /** A connection to that node broke, or could not be opened. */
    void lost(NodeAddress node, SQLException failure);

    /** What the part that watches the nodes has for this cluster; null while none does. */
    default @Nullable TopologyWatch watch() {
        return null;
    }

    ClusterCaches caches();

    Monitoring monitoring();

    SessionRules rules();

    /** What its nodes have left. */
    Rooms rooms();

    /** The roles whose writes leave tokens. */
    Set<String> writers();

    /** How often one of them has created the tables of the tokens, or let somebody in. */
    AtomicInteger tokenChanges();

    /** Where what happens is to be said. */
    Events events();
}
