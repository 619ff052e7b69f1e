// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.settings.Secret;
import io.ucm.spi.NodeAddress;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.Properties;
import org.osgi.service.jdbc.DataSourceFactory;

/** Connects to the nodes of one cluster with the driver that one bundle offers. Thread-safe. */
final class Connector {

    private final DataSourceFactory factory;
    private final ClusterSettings cluster;
    private final TlsState tls;

    Connector(DataSourceFactory factory, ClusterSettings cluster, TlsState tls) {
        this.factory = factory;
        this.cluster = cluster;
        this.tls = tls;
    }

    /** What it connects with. */
    DataSourceFactory driver() {
        return factory;
    }

    /** Blocks while it connects, up to the cluster's connect timeout. */
    Connection connect(NodeAddress node, String user, Secret password, Properties more) throws SQLException {
        return connect(node, user, password, cluster.connectTimeout(), more);
    }

    Connection connect(NodeAddress node, String user, Secret password, Duration timeout, Properties more)
            throws SQLException {
        Properties properties = new Properties();
        properties.putAll(more);
        tls.required().into(properties);
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        properties.setProperty("connectTimeout", Long.toString(Math.max(1, timeout.toSeconds())));
        properties.setProperty("loginTimeout", Long.toString(Math.max(1, timeout.toSeconds())));
        properties.setProperty("tcpKeepAlive", "true");
        Driver driver = factory.createDriver(null);
        Connection connection = driver.connect(url(node), properties);
        if (connection == null) {
            throw new SQLNonTransientConnectionException(
                    "node %s: the driver %s does not take the URL %s".formatted(node, cluster.driverClass(), url(node)),
                    "08001");
        }
        return connection;
    }

    private String url(NodeAddress node) {
        return "jdbc:postgresql://%s:%d/%s".formatted(node.host(), node.port(), encoded(cluster.database()));
    }

    private static String encoded(String database) {
        return java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8)
                .replace("+", "%20");
    }
}
