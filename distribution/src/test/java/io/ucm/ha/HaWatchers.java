// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.NodeStatus;
import io.ucm.spi.ServerControl;
import io.ucm.spi.TopologyWatcher;
import io.ucm.spi.WatchedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The watcher without a container, for processes of their own. */
public final class HaWatchers {

    private HaWatchers() {}

    /** @param folder what it remembers is kept there */
    public static TopologyWatcher in(Path folder) {
        return watcher(folder);
    }

    /** Exchanges roles, as soon as all nodes can be read. */
    public static void switchOver(Path folder, WatchedCluster cluster, ServerControl control, String node)
            throws InterruptedException {
        ProbingTopologyWatcher watcher = watcher(folder);
        Switchovers switchovers = new Switchovers(watcher);
        switchovers.addControl(control, Map.of(ServerControl.CLUSTER, cluster.name()));
        CountDownLatch readable = new CountDownLatch(1);
        ClusterWatch watch = (ClusterWatch) watcher.watch(cluster, topology -> {
            if (topology.nodes().stream().allMatch(NodeStatus::readable)) {
                readable.countDown();
            }
        });
        readable.await();
        switchovers.run(watch, Duration.ofSeconds(10), node);
    }

    private static ProbingTopologyWatcher watcher(Path folder) {
        return new ProbingTopologyWatcher(HaSettings.BUILT_IN, folder);
    }
}
