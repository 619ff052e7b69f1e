// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.ucm.chaos.ChaosProxy;
import io.ucm.spi.NodeAddress;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A proxy before each embedded node, through which every bundle of the container reaches it; nobody but the test
 * promotes; and faults of the servers
 * themselves. Its own connections go past the proxies. {@link #close} puts everything back.
 *
 * <p>The replicas stream past the proxies as well, until something points them at the address of a node that UCM knows.
 */
final class ChaosKit implements AutoCloseable {

    private static final Pattern EPOCH = Pattern.compile("\"epoch\":\\{[^}]*\"primary\":(?:null|\"(\\w+)\")");

    private final BundleContext context;
    private final ContainerShell shell;
    private final DriverCluster direct;
    private final Map<String, ChaosProxy> proxies = new TreeMap<>();
    private final ManualPromotion promotion;
    private final String[] addresses;
    private final Object policy;

    /** Returns when nothing goes past the proxies any more. */
    ChaosKit(BundleContext context, ContainerShell shell) throws Exception {
        this.context = context;
        this.shell = shell;
        this.direct = DriverCluster.embedded("direct", context);
        this.promotion = promotion();
        this.addresses = addresses(NodeAddress::port);
        direct.nodes().forEach(node -> proxies.put(node.id(), new ChaosProxy(node.port())));
        this.policy = configuration().getProperties().get("failover.policy");
        reach("FOLLOW", addresses(node -> proxies.get(node.id()).port()));
    }

    private String[] addresses(ToIntFunction<NodeAddress> port) {
        return direct.nodes().stream()
                .map(node -> node.id() + "=127.0.0.1:" + port.applyAsInt(node))
                .toArray(String[]::new);
    }

    private Configuration configuration() throws IOException {
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        try {
            return context.getService(reference).getFactoryConfiguration("io.ucm.cluster", "main", "?");
        } finally {
            context.ungetService(reference);
        }
    }

    private ManualPromotion promotion() throws IOException {
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        try {
            return new ManualPromotion(context, context.getService(reference));
        } finally {
            context.ungetService(reference);
        }
    }

    /** Returns when all nodes are reached there and only there, under that policy; null: none is said. */
    private void reach(Object policy, String... nodes) throws Exception {
        Instant before = Instant.now();
        configure(policy, nodes);
        for (String node : proxies.keySet()) {
            ContainerShell.await(
                    "nothing of before is left at " + node,
                    () -> direct.sql(
                            node,
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'ucm/%' AND"
                                    + " backend_start < '"
                                    + before + "'"),
                    "0"::equals);
        }
        awaitAllUp();
    }

    private void configure(Object policy, String... nodes) throws IOException {
        Configuration configuration = configuration();
        Dictionary<String, Object> properties = configuration.getProperties();
        properties.put("nodes", nodes);
        if (policy == null) {
            properties.remove("failover.policy");
        } else {
            properties.put("failover.policy", policy);
        }
        configuration.update(properties);
    }

    /** UCM promotes; the replicas stream through the proxies, too. Returns when it is armed. */
    void letUcmPromote() throws Exception {
        configure("PROMOTE", addresses(node -> proxies.get(node.id()).port()));
        for (String replica : List.of("n2", "n3")) {
            promotion.follow(replica, proxies.get("n1").port());
        }
        ContainerShell.await("it is armed", this::topology, json -> json.contains("\"armed\":true"));
    }

    /** What happens to the servers past the proxies. */
    ManualPromotion orchestrator() {
        return promotion;
    }

    ChaosProxy proxy(String node) {
        return proxies.get(node);
    }

    Collection<ChaosProxy> proxies() {
        return proxies.values();
    }

    /** Runs SQL on a node, past its proxy, as the role that watches the nodes. */
    String sql(String node, String sql) throws SQLException {
        return direct.sql(node, sql);
    }

    /** Until it says that there. */
    void await(String what, String node, String sql) throws Exception {
        ContainerShell.await(node + " says " + what + " to " + sql, () -> sql(node, sql), what::equals);
    }

    /** Where a node is, past its proxy. */
    NodeAddress address(String node) {
        return direct.address(node);
    }

    /** Sends it to one process of a node's, by number. */
    static void signal(String signal, String pid) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + signal, pid).inheritIO().start();
        assertTrue(kill.waitFor(5, TimeUnit.SECONDS));
        assertEquals("kill -" + signal + " " + pid, 0, kill.exitValue());
    }

    /** The process of a node that replays what a replica receives: stopped, it goes on receiving and shows nothing new. */
    String replayer(String replica) throws SQLException {
        return direct.sql(replica, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'startup'");
    }

    /** The primary as UCM sees it; null when there is none. */
    String primary() throws Exception {
        String json = topology();
        Matcher primary = EPOCH.matcher(json);
        assertTrue(json, primary.find());
        return primary.group(1);
    }

    String topology() throws Exception {
        return shell.run("ucm:topology --json");
    }

    void awaitAllUp() throws Exception {
        shell.run("ucm:ready --seconds 30");
        ContainerShell.await(
                "a primary and two replicas",
                this::topology,
                json -> json.split("\"state\":\"UP\"", -1).length == 4
                        && json.split("\"readable\":true", -1).length == 4
                        && json.matches(".*\"primary\":\"n.*"));
    }

    @Override
    public void close() throws Exception {
        for (String node : proxies.keySet()) {
            shell.attempt("embedded:thaw " + node);
            shell.attempt("embedded:rejoin " + node);
        }
        proxies().forEach(ChaosProxy::pass);
        // The server's ends of dead connections would stay.
        proxies().forEach(ChaosProxy::reset);
        reach(policy, addresses);
        proxies().forEach(ChaosProxy::close);
    }
}
