// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

import io.ucm.api.HealthStatus;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.embedded.SeparatePostgres;
import io.ucm.spi.BreakerState;
import io.ucm.spi.HealthSource;
import io.ucm.spi.Metric;
import io.ucm.spi.MetricSource;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.BundleContext;

/** The watcher of the assembled container, on real servers that are killed, frozen and promoted. */
@RunWith(PaxExam.class)
public class HaFaultsIT {

    private static final String PASSWORD = "elsewhere";

    @Inject
    private BundleContext context;

    private final AtomicReference<Topology> last = new AtomicReference<>();
    private final List<TopologyWatch> watches = new ArrayList<>();

    /** The other server's classes are not seen from inside the container, and it ends with this JVM. */
    @Configuration
    public Option[] container() {
        SeparatePostgres foreign = SeparatePostgres.start();
        foreign.access("host all all 127.0.0.1/32 scram-sha-256", "host replication all 127.0.0.1/32 scram-sha-256");
        foreign.reload();
        foreign.sql("CREATE ROLE asker LOGIN REPLICATION PASSWORD '" + PASSWORD + "' IN ROLE pg_monitor;"
                + " CREATE ROLE stranger LOGIN PASSWORD '" + PASSWORD + "' IN ROLE pg_monitor");
        return new Option[] {
            AssembledContainer.all(),
            CoreOptions.systemProperty("test.foreign.port").value(Integer.toString(foreign.port()))
        };
    }

    @After
    public void nothingOfTheWatchesIsLeft() {
        long begin = System.nanoTime();
        watches.forEach(TopologyWatch::close);
        assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) < 2_000L * watches.size());
        assertEquals(
                List.of(),
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("ucm-ha-ha-test"))
                        .filter(thread -> !ended(thread))
                        .toList());
    }

    /** The tests' containers have one folder, and each has its own servers. */
    @Before
    public void nothingIsRememberedOfOtherServers() throws IOException {
        Files.deleteIfExists(Path.of(context.getProperty("ucm.state.folder"), "ha", "ha-test.properties"));
    }

    @Before
    public void nobodyElsePromotes() throws Exception {
        ManualPromotion.onlyByHand(context);
    }

    @Test
    public void followsAPromotionThatSomebodyElseMakes() throws Exception {
        DriverCluster cluster = DriverCluster.embedded("ha-test", context);
        TopologyWatch watch = watch(cluster);
        await(
                "all nodes are readable",
                t -> t.nodes().size() == 3 && t.nodes().stream().allMatch(NodeStatus::readable));
        assertThreeNodesOnTheFirstTimeline();

        run("embedded:kill primary");
        long killed = System.nanoTime();
        watch.failed("n1", new SQLException("broken pipe", "08006"));
        await("no primary", t -> t.primary() == null);
        long noticed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed);
        assertTrue(noticed + " ms", noticed < 1_000);
        await("the replicas go on", t -> readable(t, "n2") && readable(t, "n3") && state(t, "n1") == NodeState.DOWN);
        assertTrue(last.get().why(), last.get().why().contains("n2 (127.0.0.1:" + cluster.port("n2") + "): is a"));

        assertEquals("t", cluster.sql("n2", "SELECT pg_promote()"));
        await(
                "n2 is refused without a standby",
                t -> t.why() != null && t.why().contains("waits for 1 of its standbys, and 0 stream"));
        assertNull(last.get().primary());
        assertEquals(1, last.get().epoch().timeline());

        repoint(cluster, "n3", "n1", "n2");
        await("n2 is the primary", t -> "n2".equals(t.primary()));
        assertEquals(2, last.get().epoch().timeline());
        assertNull(last.get().why());
        await("n3 follows", t -> readable(t, "n3") && node(t, "n3").timeline() == 2);

        run("embedded:rejoin n1");
        await("n1 is a replica", t -> readable(t, "n1") && node(t, "n1").timeline() == 2);
        assertEquals(Role.REPLICA, node(last.get(), "n1").node().role());
        assertEquals(BreakerState.CLOSED, node(last.get(), "n1").breaker());
    }

    @Test
    public void aFrozenPrimaryIsFoundByItsSilence() throws Exception {
        DriverCluster cluster = DriverCluster.embedded("ha-test", context);
        TopologyWatch watch = watch(cluster);
        await("a primary", t -> "n1".equals(t.primary()) && readable(t, "n2") && readable(t, "n3"));

        run("embedded:freeze n1");
        long frozen = System.nanoTime();
        await("no primary", t -> t.primary() == null);
        long noticed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - frozen);
        assertTrue(noticed + " ms", noticed < 1_000);
        assertTrue(last.get().why(), last.get().why().contains("gave no answer within 600 ms"));

        run("embedded:thaw n1");
        await("the primary is back", t -> "n1".equals(t.primary()));
        run("embedded:freeze n1");
        long begin = System.nanoTime();
        watch.close();
        assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) < 2_000);
        run("embedded:thaw n1");
    }

    @Test
    public void aNodeOfAnotherClusterIsNeverThePrimary() throws Exception {
        DriverCluster fresh = DriverCluster.embedded("ha-test-fresh", context).and("n4", foreign(), "asker", PASSWORD);
        watch(fresh);
        await("n1 is the primary, and n4 is asked", t -> "n1".equals(t.primary()) && state(t, "n4") == NodeState.UP);
        assertForeign(node(last.get(), "n4"));
        run("embedded:kill n1");
        await("no primary", t -> t.primary() == null && state(t, "n1") == NodeState.DOWN);
        assertForeign(node(last.get(), "n4"));
        watches.get(0).close();

        watch(DriverCluster.of("ha-test-fresh").and("n1", foreign(), "asker", PASSWORD));
        await("the foreign server answers", t -> t.nodes().size() == 1 && state(t, "n1") == NodeState.UP);
        assertNull(last.get().primary());
        assertForeign(node(last.get(), "n1"));
    }

    @Test
    public void withoutTheRightToReplicationNobodyIsAccepted() throws Exception {
        watch(DriverCluster.of("ha-test").and("n1", foreign(), "stranger", PASSWORD));
        await("it answers", t -> state(t, "n1") == NodeState.UP);

        assertNull(last.get().primary());
        assertTrue(last.get().why(), last.get().why().contains("its identity can't be confirmed"));
        assertTrue(last.get().why(), last.get().why().contains("needs REPLICATION"));
        assertEquals(Role.PRIMARY, node(last.get(), "n1").node().role());
    }

    @Test
    public void theShellHealthAndMetricsTellOfIt() throws Exception {
        watch(DriverCluster.embedded("ha-test", context));
        await(
                "all nodes are readable",
                t -> t.nodes().size() == 3 && t.nodes().stream().allMatch(NodeStatus::readable));

        String line = run("ucm:topology --json --cluster ha-test");
        assertFalse(line, line.strip().contains("\n"));
        assertTrue(
                line,
                line.matches(
                        "\\{.*\"nodes\":\\[\\{\"id\":\"n1\",\"role\":\"PRIMARY\",\"state\":\"UP\",\"timeline\":1,\"lsn\":\"[0-9A-F/]+\","
                                + "\"lagBytes\":0,\"lagMs\":0,\"latencyMs\":(null|[0-9.]+),\"breaker\":\"CLOSED\",.*"
                                + "\"epoch\":\\{\"systemId\":\"\\d+\",\"timeline\":1,\"primary\":\"n1\"}.*}"));
        String table = run("ucm:topology --cluster ha-test");
        assertTrue(table, table.startsWith("cluster ha-test: primary n1, timeline 1, system "));

        List<HealthSource.Finding> findings = services(HealthSource.class)
                .flatMap(source -> source.health().stream())
                .filter(finding -> "ha-test".equals(finding.cluster()))
                .toList();
        assertEquals(
                List.of("primary ha-test", "node ha-test/n1", "node ha-test/n2", "node ha-test/n3"),
                findings.stream().map(finding -> finding.component().name()).toList());
        assertTrue(findings.stream().allMatch(finding -> finding.component().status() == HealthStatus.OK));
        assertEquals(
                3,
                services(MetricSource.class)
                        .flatMap(source -> source.metrics().stream())
                        .filter(metric -> metric.name().equals("ucm.node.up"))
                        .filter(metric -> "ha-test".equals(metric.tags().get("cluster")))
                        .mapToDouble(Metric::value)
                        .sum(),
                0);
    }

    private void assertThreeNodesOnTheFirstTimeline() {
        Topology topology = last.get();
        assertEquals("n1", topology.primary());
        assertEquals(1, topology.epoch().timeline());
        assertTrue(topology.epoch().systemId(), topology.epoch().systemId().matches("\\d{15,}"));
        assertEquals(
                List.of(Role.PRIMARY, Role.REPLICA, Role.REPLICA),
                topology.nodes().stream().map(status -> status.node().role()).toList());
        for (NodeStatus status : topology.nodes()) {
            assertEquals(NodeState.UP, status.node().state());
            assertEquals(Integer.valueOf(1), status.timeline());
            assertTrue(status.lsn(), status.lsn().matches("[0-9A-F]+/[0-9A-F]+"));
            assertTrue(status.toString(), status.lagBytes() < 16_777_216);
            assertTrue(status.toString(), status.lagMs() <= 1000);
            assertNull(status.node().reason());
        }
    }

    private static void assertForeign(NodeStatus status) {
        assertFalse(status.readable());
        assertTrue(status.toString(), status.node().reason().contains("belongs to another cluster"));
    }

    /** What an orchestrator does: lets a replica follow another node. */
    private static void repoint(DriverCluster cluster, String replica, String from, String to) throws SQLException {
        String now = cluster.sql(replica, "SHOW primary_conninfo");
        assertTrue(now, now.contains("port=" + cluster.port(from)));
        String then = now.replace("port=" + cluster.port(from), "port=" + cluster.port(to));
        cluster.sql(replica, "ALTER SYSTEM SET primary_conninfo = '" + then.replace("'", "''") + "'");
        cluster.sql(replica, "SELECT pg_reload_conf()");
    }

    private TopologyWatch watch(DriverCluster cluster) throws Exception {
        ContainerShell.await(
                "a watcher",
                () -> String.valueOf(context.getServiceReference(TopologyWatcher.class) != null),
                "true"::equals);
        TopologyWatcher watcher = context.getService(context.getServiceReference(TopologyWatcher.class));
        last.set(null);
        TopologyWatch watch = watcher.watch(cluster, last::set);
        watches.add(watch);
        return watch;
    }

    private void await(String what, Predicate<Topology> condition) throws Exception {
        ContainerShell.await(
                what,
                () -> {
                    Topology topology = last.get();
                    return topology != null && condition.test(topology) ? "" : String.valueOf(topology);
                },
                String::isEmpty);
    }

    private <S> Stream<S> services(Class<S> type) throws Exception {
        return context.getServiceReferences(type, null).stream().map(context::getService);
    }

    private String run(String command) throws Exception {
        return new ContainerShell(context).run(command);
    }

    private int foreign() {
        return Integer.getInteger("test.foreign.port");
    }

    private static NodeStatus node(Topology topology, String id) {
        return topology.node(id).orElseThrow();
    }

    private static NodeState state(Topology topology, String id) {
        return node(topology, id).node().state();
    }

    private static boolean readable(Topology topology, String id) {
        return node(topology, id).readable();
    }

    /** A thread that is on its way out may be listed for a moment. */
    private static boolean ended(Thread thread) {
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
