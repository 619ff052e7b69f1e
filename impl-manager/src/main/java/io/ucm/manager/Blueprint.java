// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.PoolSettings;
import java.time.Duration;
import org.osgi.framework.ServiceReference;
import org.osgi.service.jdbc.DataSourceFactory;

/** What a generation is built from, and the node that it leads to. Equal blueprints build the same. */
record Blueprint(
        Part<ConnectionPoolFactory> pool,
        Part<DataSourceFactory> driver,
        ClusterSettings cluster,
        ModeSettings mode,
        NodeAddress node,
        Tls tls) {

    private static final Duration MAX_LIFETIME = Duration.ofSeconds(3600);

    PoolSettings poolSettings() {
        return new PoolSettings(mode.key() + "@" + node.id(), mode.profile().poolSize(), MAX_LIFETIME);
    }

    /** The same for another node. */
    Blueprint at(NodeAddress other) {
        return new Blueprint(pool, driver, cluster, mode, other, tls);
    }

    boolean uses(ServiceReference<?> part) {
        return pool.reference().equals(part) || driver.reference().equals(part);
    }

    Connector connector() {
        return new Connector(driver.service(), cluster, TlsState.of(tls));
    }
}
