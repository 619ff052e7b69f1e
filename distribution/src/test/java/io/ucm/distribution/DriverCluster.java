// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import io.ucm.spi.FailoverPolicy;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.WatchedCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.postgresql.Driver;

/** Nodes that are reached by the driver: those of the configuration that the embedded servers published, and others. */
final class DriverCluster implements WatchedCluster {

    private record Login(String database, String user, String password) {}

    private final String name;
    private final List<NodeAddress> nodes = new ArrayList<>();
    private final Map<String, Login> logins = new HashMap<>();
    private volatile FailoverPolicy policy = FailoverPolicy.FOLLOW;
    private volatile String cutOff = "";

    private DriverCluster(String name) {
        this.name = name;
    }

    /** Waits until the embedded servers are there. */
    static DriverCluster embedded(String name, BundleContext context) throws Exception {
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        ConfigurationAdmin admin = context.getService(reference);
        String filter = "(service.pid=io.ucm.cluster~main)";
        ContainerShell.await(
                "the configuration of the cluster",
                () -> String.valueOf(admin.listConfigurations(filter) != null),
                "true"::equals);
        Configuration configuration = admin.listConfigurations(filter)[0];
        Dictionary<String, Object> properties = configuration.getProperties();
        DriverCluster cluster = new DriverCluster(name);
        for (String node : (String[]) properties.get("nodes")) {
            String[] parts = node.split("[=:]");
            cluster.nodes.add(new NodeAddress(parts[0], parts[1], Integer.parseInt(parts[2])));
            cluster.logins.put(
                    parts[0], new Login((String) properties.get("database"), (String) properties.get("user"), (String)
                            properties.get(".password")));
        }
        context.ungetService(reference);
        return cluster;
    }

    static DriverCluster of(String name) {
        return new DriverCluster(name);
    }

    /** With one more node, which is somebody else's. */
    DriverCluster and(String id, int port, String user, String password) {
        nodes.add(new NodeAddress(id, "127.0.0.1", port));
        logins.put(id, new Login("postgres", user, password));
        return this;
    }

    /** The watch that gets it promotes by itself. */
    DriverCluster promoting() {
        policy = FailoverPolicy.PROMOTE;
        return this;
    }

    /** From now on that node can't be connected to from here. */
    void cutOff(String id) {
        cutOff = id;
    }

    /** All that another process needs to reach the same nodes, the passwords included. */
    String describe() {
        StringBuilder text = new StringBuilder(name);
        for (NodeAddress node : nodes) {
            Login login = logins.get(node.id());
            text.append('\n')
                    .append(String.join(
                            " ",
                            node.id(),
                            node.host(),
                            Integer.toString(node.port()),
                            login.database(),
                            login.user(),
                            login.password()));
        }
        return text.toString();
    }

    static DriverCluster described(String text) {
        List<String> lines = text.lines().toList();
        DriverCluster cluster = new DriverCluster(lines.get(0));
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ");
            cluster.nodes.add(new NodeAddress(words[0], words[1], Integer.parseInt(words[2])));
            cluster.logins.put(words[0], new Login(words[3], words[4], words[5]));
        }
        return cluster;
    }

    int port(String id) {
        return address(id).port();
    }

    /** Runs SQL on one node, as the cluster's role; returns what a query's first column says. */
    String sql(String node, String sql) throws SQLException {
        try (Connection connection = connect(node, Duration.ofSeconds(10));
                Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            statement.getResultSet().next();
            return statement.getResultSet().getString(1);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<NodeAddress> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public String configuredPrimary() {
        return nodes.get(0).id();
    }

    @Override
    public FailoverPolicy failoverPolicy() {
        return policy;
    }

    @Override
    public Optional<Duration> silence(String node) {
        return Optional.empty();
    }

    @Override
    public Connection connect(String node, Duration timeout) throws SQLException {
        return connect(node, timeout, new Properties());
    }

    @Override
    public Connection connectReplication(String node, Duration timeout) throws SQLException {
        Properties replication = new Properties();
        replication.setProperty("replication", "true");
        replication.setProperty("preferQueryMode", "simple");
        replication.setProperty("assumeMinServerVersion", "15");
        return connect(node, timeout, replication);
    }

    private Connection connect(String node, Duration timeout, Properties properties) throws SQLException {
        Login login = logins.get(node);
        String seconds = Long.toString(Math.max(1, timeout.toSeconds()));
        properties.setProperty("user", login.user());
        properties.setProperty("password", login.password());
        properties.setProperty("sslmode", "disable");
        for (String limit : new String[] {"connectTimeout", "loginTimeout", "socketTimeout"}) {
            properties.setProperty(limit, seconds);
        }
        NodeAddress address = address(node);
        if (node.equals(cutOff)) {
            throw new SQLException(address + ": could not connect: cut off", "08001");
        }
        try {
            return new Driver()
                    .connect(
                            "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), login.database()),
                            properties);
        } catch (SQLException e) {
            throw new SQLException(address + ": could not connect: " + e.getMessage(), e.getSQLState(), e);
        }
    }

    NodeAddress address(String id) {
        return nodes.stream().filter(node -> node.id().equals(id)).findFirst().orElseThrow();
    }
}
