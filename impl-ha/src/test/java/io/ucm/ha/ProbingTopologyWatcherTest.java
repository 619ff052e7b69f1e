// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static io.ucm.ha.HaSettingsTest.config;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ucm.api.HealthComponent;
import io.ucm.api.HealthStatus;
import io.ucm.api.NodeState;
import io.ucm.spi.HealthSource.Finding;
import io.ucm.spi.Metric;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.TopologyWatch;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** The service, and what the shell, health and metrics tell of its watches. */
class ProbingTopologyWatcherTest {

    @TempDir
    Path state;

    @TempDir
    Path own;

    private final FakeCluster main = new FakeCluster("main");
    private final FakeCluster other = new FakeCluster("other");
    private final Snapshots snapshots = new Snapshots();
    private ProbingTopologyWatcher watcher;

    @AfterEach
    void deactivate() {
        if (watcher != null) {
            watcher.deactivate();
        }
    }

    @Test
    void remembersInTheFolderOfTheState() {
        activate(state.toString());
        watch(main);

        assertThat(state.resolve("ha/main.properties")).isRegularFile();
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void remembersInTheBundlesOwnStorageOtherwise() {
        activate(null);
        watch(main);

        assertThat(own.resolve("ha/main.properties")).isRegularFile();
    }

    @Test
    void needsAFolder() {
        BundleContext none = (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {BundleContext.class}, (self, method, arguments) -> null);

        assertThatThrownBy(() -> new ProbingTopologyWatcher(config(Map.of()), Map.of(), none))
                .hasMessageContaining("set the framework property ucm.state.folder");
    }

    /** A cluster that nobody watches would be worse. */
    @Test
    void goesOnWithTheDefaultsWhereItsConfigurationIsRefused() {
        watcher = new ProbingTopologyWatcher(
                config(Map.of("probe_interval_ms", 5)), Map.of("probe.interval.ms", 5), context(state.toString()));
        watch(main);

        assertThat(new HaHealth(watcher).health())
                .filteredOn(finding -> finding.component().name().equals("configuration io.ucm.ha"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.component().reason())
                        .isEqualTo("probe.interval.ms: 5: must be from 10 to 60000; the defaults are in force"));
    }

    @Test
    void refusesAnAttributeThatThereIsNot() {
        watcher = new ProbingTopologyWatcher(config(Map.of()), Map.of("max.lag", 5), context(state.toString()));

        assertThat(watcher.refused())
                .startsWith("max.lag: there is no such attribute; there are: breaker.open.ms, max.lag.bytes, ");
    }

    @Test
    void endsItsWatchesWithItself() {
        activate(state.toString());
        watch(main);
        watcher.deactivate();

        assertThat(watcher.byCluster()).isEmpty();
        assertThat(main.servers()).allMatch(server -> server.open() == 0);
    }

    @Test
    void forgetsAClosedWatch() {
        activate(state.toString());
        TopologyWatch watch = watch(main);
        watch.close();

        assertThat(watcher.byCluster()).isEmpty();
    }

    @Test
    void theShellShowsTheCluster() {
        activate(state.toString());
        main.n1.write("0/3000100");
        watch(main);

        assertThat(new HaCommands(watcher, new Switchovers(watcher)).topology(false, ""))
                .asString()
                .isEqualTo("""
                        cluster main: primary n1, timeline 1, system 7001
                        promotes nobody: failover.policy is FOLLOW: somebody else promotes, and the new primary is followed

                        node  role     state  timeline  lsn        lag bytes  lag ms  latency ms  breaker  readable  reason
                        ----  -------  -----  --------  ---------  ---------  ------  ----------  -------  --------  ------
                        n1    PRIMARY  UP            1  0/3000100          0       0              CLOSED   yes
                        n2    REPLICA  UP            1  0/3000000        256       0              CLOSED   yes
                        n3    REPLICA  UP            1  0/3000000        256       0              CLOSED   yes""");
        assertThat(new HaCommands(watcher, new Switchovers(watcher)).topology(true, "main"))
                .asString()
                .startsWith(
                        "{\"cluster\":\"main\",\"nodes\":[{\"id\":\"n1\",\"role\":\"PRIMARY\",\"state\":\"UP\","
                                + "\"timeline\":1,\"lsn\":\"0/3000100\",\"lagBytes\":0,\"lagMs\":0,\"latencyMs\":null,\"breaker\":\"CLOSED\",")
                .endsWith(
                        "\"epoch\":{\"systemId\":\"7001\",\"timeline\":1,\"primary\":\"n1\"},\"promote\":{\"armed\":false,"
                                + "\"why\":\"failover.policy is FOLLOW: somebody else promotes, and the new primary is followed\"},"
                                + "\"why\":null}")
                .doesNotContain("\n");
    }

    @Test
    void theShellPromotesOrSaysWhyNot() {
        activate(state.toString());
        HaCommands commands = new HaCommands(watcher, new Switchovers(watcher));
        watch(main.promoting());
        assertThatThrownBy(() -> commands.failover(true, true, false, ""))
                .hasMessage("choose one of --force and --abort");
        assertThatThrownBy(() -> commands.failover(false, false, false, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not done: n1 is the primary, and answers; see ucm:topology");

        main.n3.kill();
        await().until(() -> commands.topology(true, "").toString().contains("\"armed\":false"));
        main.n1.kill();
        await().until(() -> snapshots.primary() == null);
        assertThat(commands.failover(true, false, true, ""))
                .asString()
                .startsWith(
                        "{\"cluster\":\"main\",\"action\":\"promoted\",\"lost\":\"n1\",\"primary\":\"n2\",\"timeline\":2,"
                                + "\"forced\":true,\"elapsedMs\":")
                .contains("\"possibleLoss\":[\"n3 (n3.example:5432)")
                .doesNotContain("\n");
    }

    @Test
    void theShellSaysWhyThereIsNoPrimary() {
        activate(state.toString());
        main.n1.demote();
        watcher.watch(main, snapshots);
        await().until(() -> !snapshots.all().isEmpty());

        assertThat(new HaCommands(watcher, new Switchovers(watcher)).topology(false, ""))
                .asString()
                .startsWith("cluster main: no primary: n1 (n1.example:5432): is a replica; n2");
        assertThat(new HaCommands(watcher, new Switchovers(watcher)).topology(true, ""))
                .asString()
                .contains("\"epoch\":{\"systemId\":null,\"timeline\":null,\"primary\":null}")
                .contains("\"why\":\"n1 (n1.example:5432): is a replica;");
    }

    @Test
    void theShellAsksWhichOfSeveralClusters() {
        activate(state.toString());
        HaCommands commands = new HaCommands(watcher, new Switchovers(watcher));
        assertThatThrownBy(() -> commands.topology(false, "")).hasMessageContaining("no cluster is watched yet");
        watch(main);
        watch(other);

        assertThatThrownBy(() -> commands.topology(false, ""))
                .hasMessage("several clusters are watched: choose with --cluster one of [main, other]");
        assertThatThrownBy(() -> commands.topology(false, "third"))
                .hasMessage("no cluster 'third'; there are: [main, other]");
        assertThat(commands.topology(false, "other")).asString().startsWith("cluster other: ");
    }

    @Test
    void healthIsOkWhileEverythingIs() {
        activate(state.toString());
        watch(main);

        List<Finding> findings = new HaHealth(watcher).health();
        assertThat(findings).allMatch(finding -> finding.cluster().equals("main") && finding.mode() == null);
        assertThat(findings)
                .extracting(Finding::component)
                .containsExactly(
                        new HealthComponent("primary main", HealthStatus.OK, null, Map.of("timeline", 1)),
                        node("n1"),
                        node("n2"),
                        node("n3"));
    }

    @Test
    void healthSaysWhatIsWrong() {
        activate(state.toString());
        main.n3.kill();
        watch(main);
        HealthComponent replica = component("node main/n3");
        assertThat(replica.status()).isEqualTo(HealthStatus.WARN);
        assertThat(replica.reason()).contains("could not connect");
        assertThat(component("primary main").status()).isEqualTo(HealthStatus.OK);

        main.n1.demote();
        await().until(() -> snapshots.primary() == null);
        HealthComponent primary = component("primary main");
        assertThat(primary.status()).isEqualTo(HealthStatus.TEMPORARILY_UNAVAILABLE);
        assertThat(primary.reason()).contains("n1 (n1.example:5432): is a replica");
        assertThat(primary.figures()).containsEntry("timeline", 1);
    }

    /** That does not end by itself. */
    @Test
    void twinsAreCritical() {
        activate(state.toString());
        watch(main);
        main.n1.kill();
        main.n2.promote("0/3000000");
        main.n3.promote("0/3000000");

        await().until(() -> component("primary main").status() == HealthStatus.CRITICAL);
        assertThat(component("primary main").reason())
                .contains("n2 (n2.example:5432) on timeline 2 and n3 (n3.example:5432) on timeline 2 all take writes")
                .contains("stop all but one");

        main.n3.kill();
        await().until(() -> component("primary main").status() == HealthStatus.OK);
    }

    @Test
    void metricsTellOfNodesAndBreakers() {
        activate(state.toString());
        main.n1.write("0/3000100");
        main.n3.kill();
        watch(main);

        assertThat(metric("ucm.node.up", Map.of("cluster", "main", "node", "n1")))
                .isOne();
        assertThat(metric("ucm.node.up", Map.of("cluster", "main", "node", "n3")))
                .isZero();
        assertThat(metric("ucm.node.lag.bytes", Map.of("cluster", "main", "node", "n2")))
                .isEqualTo(256);
        assertThat(metric("ucm.node.lag.seconds", Map.of("cluster", "main", "node", "n2")))
                .isZero();
        assertThat(metric("resilience4j.circuitbreaker.state", Map.of("name", "main/n1", "state", "closed")))
                .isOne();
        assertThat(metric("resilience4j.circuitbreaker.state", Map.of("name", "main/n1", "state", "open")))
                .isZero();
        assertThat(metric("resilience4j.circuitbreaker.calls", Map.of("name", "main/n1", "kind", "successful")))
                .isPositive();
        assertThat(metric("resilience4j.circuitbreaker.calls", Map.of("name", "main/n3", "kind", "failed")))
                .isPositive();
        assertThat(metric("resilience4j.circuitbreaker.failure.rate", Map.of("name", "main/n1")))
                .isLessThanOrEqualTo(0);
    }

    private static HealthComponent node(String id) {
        return new HealthComponent(
                "node main/" + id, HealthStatus.OK, null, Map.of("lagBytes", 0L, "lagMs", 0L, "timeline", 1));
    }

    private HealthComponent component(String name) {
        return new HaHealth(watcher)
                .health().stream()
                        .map(Finding::component)
                        .filter(component -> component.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private double metric(String name, Map<String, String> tags) {
        List<Metric> found = new HaMetrics(watcher)
                .metrics().stream()
                        .filter(metric ->
                                metric.name().equals(name) && metric.tags().equals(tags))
                        .toList();
        assertThat(found).hasSize(1);
        return found.get(0).value();
    }

    private void activate(String stateFolder) {
        watcher = new ProbingTopologyWatcher(
                config(Map.of("probe_interval_ms", 50, "probe_urgent_interval_ms", 20)),
                Map.of(),
                context(stateFolder));
    }

    private BundleContext context(String stateFolder) {
        return (BundleContext) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {BundleContext.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "getProperty" -> arguments[0].equals("ucm.state.folder") ? stateFolder : null;
                    case "getDataFile" -> own.resolve((String) arguments[0]).toFile();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /** Returns when each node that lives is readable. */
    private TopologyWatch watch(FakeCluster cluster) {
        Snapshots heard = cluster == main ? snapshots : new Snapshots();
        TopologyWatch watch = watcher.watch(cluster, heard);
        await().until(() -> !heard.all().isEmpty()
                && heard.last().nodes().stream()
                        .allMatch(node -> node.readable() || node.node().state() == NodeState.DOWN));
        assertThat(heard.last().nodes()).anyMatch(NodeStatus::readable);
        return watch;
    }
}
