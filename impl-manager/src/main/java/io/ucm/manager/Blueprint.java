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

/**
 * What a generation is built from, and the node that it leads to. Equal blueprints build the same.
 *
 * @param credentials what they hold may change; then they are the same still
 * @param turns the cluster's
 */
record Blueprint(
        Part<ConnectionPoolFactory> pool,
        Part<DataSourceFactory> driver,
        ClusterSettings cluster,
        SessionSettings session,
        Credentials credentials,
        NodeAddress node,
        Tls tls,
        ConnectTurns turns) {

    private static final Duration ANSWER = Duration.ofSeconds(10);

    PoolSettings poolSettings(int size) {
        return new PoolSettings(session.key() + "@" + node.id(), size, session.keepalive());
    }

    /** The same for another node. */
    Blueprint at(NodeAddress other) {
        return new Blueprint(pool, driver, cluster, session, credentials, other, tls, turns);
    }

    /** Whether pool and driver are the same. */
    boolean hasPartsOf(Blueprint other) {
        return pool.equals(other.pool) && driver.equals(other.driver);
    }

    boolean uses(ServiceReference<?> part) {
        return pool.reference().equals(part) || driver.reference().equals(part);
    }

    /** A connection of no pool, for a question; the caller closes it. Blocks while it connects. */
    Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "ucm/" + cluster.name());
        properties.setProperty("socketTimeout", Long.toString(ANSWER.toSeconds()));
        Connector connector = connector();
        return turns.take(
                        node,
                        () -> credentials.open(
                                false, password -> connector.connect(node, session.user(), password, properties)))
                .connection();
    }

    Connector connector() {
        return new Connector(driver.service(), cluster, TlsState.of(tls));
    }
}
