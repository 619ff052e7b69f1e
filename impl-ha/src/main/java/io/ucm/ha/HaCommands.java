// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.shell.Json;
import io.ucm.spi.Topology;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell commands of this bundle. They return records that print as tables, or with {@code --json} one line. */
@Component(
        service = HaCommands.class,
        property = {"osgi.command.scope=ucm", "osgi.command.function=topology"})
public final class HaCommands {

    /** Who asks right after a start gets an answer all the same. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

    private final ProbingTopologyWatcher watcher;

    @Activate
    public HaCommands(@Reference(name = "watcher") ProbingTopologyWatcher watcher) {
        this.watcher = watcher;
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

    private Topology chosen(String cluster) {
        Map<String, Topology> known = new TreeMap<>();
        watcher.byCluster().forEach((name, watch) -> {
            Topology topology = watch.awaitTopology(FIRST_LOOK);
            if (topology != null) {
                known.put(name, topology);
            }
        });
        if (known.isEmpty()) {
            throw new IllegalStateException(
                    "no cluster is watched yet: none is configured, or its manager has not started; see ucm:why");
        }
        if (cluster.isEmpty() && known.size() > 1) {
            throw new IllegalArgumentException(
                    "several clusters are watched: choose with --cluster one of " + known.keySet());
        }
        Topology topology = cluster.isEmpty() ? known.values().iterator().next() : known.get(cluster);
        if (topology == null) {
            throw new IllegalArgumentException("no cluster '" + cluster + "'; there are: " + known.keySet());
        }
        return topology;
    }
}
