// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.NodeState;
import io.ucm.spi.BreakerState;
import io.ucm.spi.Metric;
import io.ucm.spi.Metric.Kind;
import io.ucm.spi.MetricSource;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The figures of the watched nodes and their breakers, by the names that Resilience4j's have elsewhere. */
@Component
public final class HaMetrics implements MetricSource {

    private static final String BREAKER = "resilience4j.circuitbreaker.";
    private static final double MS_PER_SECOND = 1000;

    private final ProbingTopologyWatcher watcher;

    @Activate
    public HaMetrics(@Reference(name = "watcher") ProbingTopologyWatcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public List<Metric> metrics() {
        List<Metric> metrics = new ArrayList<>();
        for (ClusterWatch watch : watcher.byCluster().values()) {
            watch.breakers().forEach((node, breaker) -> addBreaker(metrics, watch.cluster() + "/" + node, breaker));
            watch.callBreakers().forEach((name, breaker) -> addCalls(metrics, name, breaker));
            Topology topology = watch.topology();
            if (topology != null) {
                topology.nodes().forEach(node -> addNode(metrics, topology.cluster(), node));
            }
        }
        return metrics;
    }

    private static void addBreaker(List<Metric> metrics, String name, NodeBreaker breaker) {
        addState(metrics, name, breaker.state());
        metrics.add(calls(name, "successful", breaker.successes()));
        metrics.add(calls(name, "failed", breaker.failures()));
        metrics.add(rate(name, "failure.rate", breaker.failureRate()));
    }

    private static void addCalls(List<Metric> metrics, String name, ModeBreaker breaker) {
        addState(metrics, name, breaker.state());
        metrics.add(calls(name, "successful", breaker.successes()));
        metrics.add(calls(name, "failed", breaker.failures()));
        metrics.add(rate(name, "failure.rate", breaker.failureRate()));
        metrics.add(rate(name, "slow.call.rate", breaker.slowRate()));
        metrics.add(
                new Metric(BREAKER + "not.permitted.calls", Map.of("name", name), Kind.COUNTER, breaker.refusals()));
    }

    private static void addState(List<Metric> metrics, String name, BreakerState now) {
        for (BreakerState state : BreakerState.values()) {
            Map<String, String> tags =
                    Map.of("name", name, "state", state.name().toLowerCase(Locale.ROOT));
            metrics.add(new Metric(BREAKER + "state", tags, Kind.GAUGE, state == now ? 1 : 0));
        }
    }

    private static Metric rate(String name, String which, float percent) {
        return new Metric(BREAKER + which, Map.of("name", name), Kind.GAUGE, percent);
    }

    private static Metric calls(String name, String kind, long count) {
        return new Metric(BREAKER + "calls", Map.of("name", name, "kind", kind), Kind.COUNTER, count);
    }

    private static void addNode(List<Metric> metrics, String cluster, NodeStatus status) {
        Map<String, String> tags =
                Map.of("cluster", cluster, "node", status.node().id());
        boolean up = status.node().state() == NodeState.UP;
        metrics.add(new Metric("ucm.node.up", tags, Kind.GAUGE, up ? 1 : 0));
        if (status.lagBytes() != null) {
            metrics.add(new Metric("ucm.node.lag.bytes", tags, Kind.GAUGE, status.lagBytes()));
        }
        if (status.lagMs() != null) {
            metrics.add(new Metric("ucm.node.lag.seconds", tags, Kind.GAUGE, status.lagMs() / MS_PER_SECOND));
        }
    }
}
