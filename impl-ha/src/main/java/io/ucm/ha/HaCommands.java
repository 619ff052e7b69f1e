// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.shell.Json;
import io.ucm.spi.Topology;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell commands of this bundle. They return records that print as tables, or with {@code --json} one line. */
@Component(
        service = HaCommands.class,
        property = {
            "osgi.command.scope=ucm",
            "osgi.command.function=topology",
            "osgi.command.function=switchover",
            "osgi.command.function=failover"
        })
public final class HaCommands {

    /** Who asks right after a start gets an answer all the same. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

    private static final Duration FAILOVER_LIMIT = Duration.ofSeconds(40);

    private final ProbingTopologyWatcher watcher;

    private final Switchovers switchovers;

    @Activate
    public HaCommands(
            @Reference(name = "watcher") ProbingTopologyWatcher watcher,
            @Reference(name = "switchovers") Switchovers switchovers) {
        this.watcher = watcher;
        this.switchovers = switchovers;
    }

    @Descriptor("the nodes of a cluster with role, state, timeline, lag and breaker, and who takes writes")
    public Object topology(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster) {
        TopologyReport report = TopologyReport.of(chosen(cluster));
        return json ? Json.line(report) : report;
    }

    @Descriptor("makes a replica the primary in place of one that is lost, or says why that is not allowed")
    public Object failover(
            @Descriptor(
                            "also where commits may be lost by it: where the primary was not seen with what proves that none is,"
                                    + " or a replica is away; says what may be lost")
                    @Parameter(
                            names = {"-f", "--force"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean force,
            @Descriptor(
                            "ends a promotion that has not come to its end, and lets the replicas follow the old primary again")
                    @Parameter(
                            names = {"-a", "--abort"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean abort,
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster) {
        if (force && abort) {
            throw new IllegalArgumentException("choose one of --force and --abort");
        }
        ClusterWatch watch = watched(cluster);
        FailoverReport report = await(abort ? watch.abort() : watch.promote(force));
        return json ? Json.line(report) : report;
    }

    private static FailoverReport await(CompletableFuture<FailoverReport> report) {
        try {
            return report.get(FAILOVER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "not done: " + e.getCause().getMessage() + "; see ucm:topology", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "not done within %d s; see ucm:topology".formatted(FAILOVER_LIMIT.toSeconds()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; see ucm:topology", e);
        }
    }

    @Descriptor("makes a replica the primary and the primary its standby, without losing a write: for planned work")
    public Object switchover(
            @Descriptor("one line of JSON")
                    @Parameter(
                            names = {"-j", "--json"},
                            presentValue = "true",
                            absentValue = "false")
                    boolean json,
            @Descriptor("the cluster, where there are several")
                    @Parameter(
                            names = {"-c", "--cluster"},
                            absentValue = "")
                    String cluster,
            @Descriptor("the replica that becomes the primary") String... node) {
        if (node.length != 1) {
            throw new IllegalArgumentException(
                    "expected one NODE, got " + node.length + "; it is the replica that becomes the primary");
        }
        SwitchoverReport report = switchovers.run(watched(cluster), FIRST_LOOK, node[0]);
        return json ? Json.line(report) : report;
    }

    private Topology chosen(String cluster) {
        ClusterWatch watch = watched(cluster);
        Topology topology = watch.awaitTopology(FIRST_LOOK);
        if (topology == null) {
            throw new IllegalStateException("cluster '%s': its nodes have not answered yet".formatted(watch.cluster()));
        }
        return topology;
    }

    private ClusterWatch watched(String cluster) {
        Map<String, ClusterWatch> known = watcher.byCluster();
        if (known.isEmpty()) {
            throw new IllegalStateException(
                    "no cluster is watched yet: none is configured, or its manager has not started; see ucm:why");
        }
        if (cluster.isEmpty() && known.size() > 1) {
            throw new IllegalArgumentException(
                    "several clusters are watched: choose with --cluster one of " + known.keySet());
        }
        ClusterWatch watch = cluster.isEmpty() ? known.values().iterator().next() : known.get(cluster);
        if (watch == null) {
            throw new IllegalArgumentException("no cluster '" + cluster + "'; there are: " + known.keySet());
        }
        return watch;
    }
}
