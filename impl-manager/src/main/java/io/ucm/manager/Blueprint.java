// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionPoolFactory;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.PoolSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
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
    private static final Duration ANSWER = Duration.ofSeconds(10);

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

    /** A connection of no pool, for a question; the caller closes it. Blocks while it connects. */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ucm/" + cluster.name());
        properties.setProperty("socketTimeout", Long.toString(ANSWER.toSeconds()));
        return connector().connect(node, mode.user(), mode.password(), properties);
    }

    Connector connector() {
        return new Connector(driver.service(), cluster, TlsState.of(tls));
    }
}
