// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import java.io.IOException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Dictionary;
import java.util.Properties;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.jdbc.DataSourceFactory;

/** Does with the embedded nodes what an operator would do by hand, as the cluster's own role. */
final class ManualPromotion {

    private final BundleContext context;
    private final Dictionary<String, Object> cluster;

    ManualPromotion(BundleContext context, ConfigurationAdmin admin) throws IOException {
        this.context = context;
        this.cluster =
                admin.getFactoryConfiguration("io.ucm.cluster", "main", "?").getProperties();
    }

    /** From now on nobody promotes the embedded nodes but the test. Returns when the cluster's watch knows it. */
    static void onlyByHand(BundleContext context) throws Exception {
        ConfigurationAdmin admin = context.getService(context.getServiceReference(ConfigurationAdmin.class));
        ContainerShell.await(
                "the configuration of the cluster",
                () -> String.valueOf(admin.listConfigurations("(service.pid=io.ucm.cluster~main)") != null),
                "true"::equals);
        Configuration main = admin.listConfigurations("(service.pid=io.ucm.cluster~main)")[0];
        Dictionary<String, Object> properties = main.getProperties();
        properties.put("failover.policy", "FOLLOW");
        main.update(properties);
        ContainerShell shell = new ContainerShell(context);
        ContainerShell.await(
                "nobody promotes",
                () -> shell.attempt("ucm:topology --json --cluster main"),
                json -> json.contains("failover.policy is FOLLOW"));
    }

    /** Lets a replica catch up with another one that received more; returns when it has. */
    void catchUp(String replica, String with) throws Exception {
        if (received(replica).compareTo(received(with)) < 0) {
            follow(replica, with);
            ContainerShell.await(
                    replica + " has what " + with + " has",
                    () -> received(replica) + " of " + received(with),
                    text -> text.split(" of ")[0].equals(text.split(" of ")[1]));
        }
    }

    /** How far it received, comparable as text. */
    private String received(String replica) throws SQLException {
        try (Connection connection = connect(replica)) {
            return query(connection, "SELECT lpad(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')::text, 20, '0')");
        }
    }

    /** Returns when that node takes writes. */
    void promote(String node) throws SQLException {
        try (Connection connection = connect(node)) {
            query(connection, "SELECT pg_promote(true, 30)");
        }
    }

    /** Lets a replica stream from another node. */
    void follow(String replica, String from) throws SQLException {
        follow(replica, port(from));
    }

    /** Lets a replica stream from that port of this host. */
    void follow(String replica, int port) throws SQLException {
        try (Connection connection = connect(replica)) {
            String before = query(connection, "SHOW primary_conninfo");
            String after = before.replaceFirst("port='?\\d+'?", "port=" + port);
            try (Statement statement = connection.createStatement()) {
                statement.execute("ALTER SYSTEM SET primary_conninfo = '" + after.replace("'", "''") + "'");
            }
            query(connection, "SELECT pg_reload_conf()");
        }
    }

    /** Ends all sessions of the cluster's role on that node but this one; its replicas stream under another role. */
    void endSessionsOfWatches(String node) throws SQLException {
        try (Connection connection = connect(node)) {
            query(
                    connection,
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                            + " WHERE usename = current_user AND pid <> pg_backend_pid()");
        }
    }

    int port(String node) {
        for (String address : (String[]) cluster.get("nodes")) {
            if (address.startsWith(node + "=")) {
                return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            }
        }
        throw new IllegalArgumentException(node);
    }

    private Connection connect(String node) throws SQLException {
        Driver driver = context.getService(context.getServiceReference(DataSourceFactory.class))
                .createDriver(null);
        Properties properties = new Properties();
        properties.put("user", cluster.get("user"));
        properties.put("password", cluster.get(".password"));
        return driver.connect("jdbc:postgresql://127.0.0.1:" + port(node) + "/ucm", properties);
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }
}
