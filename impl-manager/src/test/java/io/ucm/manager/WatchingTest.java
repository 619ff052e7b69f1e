// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.manager.TopologyBench.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.NodeState;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatcher;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is believed of a watch that has just begun. */
class WatchingTest {

    private final TopologyBench bench = new TopologyBench();
    private final ClusterTopology topology = bench.topology;
    private final FakeWatcher says = bench.says;

    @AfterEach
    void close() {
        bench.close();
    }

    /** As when the exchange itself keeps the machine so busy that no node answers in time. */
    @Test
    void aWatchThatNobodyHasAnsweredYetChangesNothing() {
        Part<TopologyWatcher> part = bench.watch(says);
        says.topology("n2", "n3");
        FakeWatcher next = new FakeWatcher();
        bench.slot.remove(part.reference());
        bench.watch(next);

        next.report(NodeState.DOWN, null);
        assertThat(ids(topology.route())).containsExactly("n2", "n3");

        next.topology(null);
        assertThat(topology.route().primary()).isNull();
        next.topology("n3");
        next.report(NodeState.DOWN, null);
        assertThat(topology.route().primary()).isNull();
    }

    /** As when the others were just quick enough. */
    @Test
    void whomANewWatchHasNotHeardYetIsNotTakenForSilent() {
        FakeWatcher next = bench.watchedNext("n1", "n1", "n2", "n3");

        next.silent = Set.of("n1", "n3");
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n1", "n2", "n3");
        next.silent = Set.of("n3");
        next.topology("n1", "n2");
        assertThat(ids(topology.route())).containsExactly("n1", "n2");
        assertThat(topology.route().silent()).isEmpty();

        next.silent = Set.of();
        next.topology("n1", "n2", "n3");
        next.silent = Set.of("n1", "n3");
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n2");
        assertThat(topology.route().silent()).extracting(NodeAddress::id).containsExactlyInAnyOrder("n1", "n3");
    }

    @Test
    void aNewWatchIsBelievedWhereTheLastPrimaryRefuses() {
        FakeWatcher next = bench.watchedNext("n1", "n2");

        next.refusing = Set.of("n1");
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void aNewWatchIsBelievedWhereThereIsAnotherPrimary() {
        FakeWatcher next = bench.watchedNext("n1", "n2");

        next.silent = Set.of("n1");
        next.topology("n3", "n2");
        assertThat(ids(topology.route())).containsExactly("n3", "n2");
    }

    @Test
    void aNewWatchIsBelievedWhereAnotherNodeTakesWritesThoughItIsNotAccepted() {
        FakeWatcher next = bench.watchedNext("n1", "n2", "n3");

        next.silent = Set.of("n1");
        next.claiming = Set.of("n3");
        next.topology(null, "n2");

        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void aNewWatchIsBelievedWhereAReplicaFollowsSomebodyElse() {
        FakeWatcher next = bench.watchedNext("n1", "n2", "n3");

        next.silent = Set.of("n1");
        next.timelines = Map.of("n2", 2);
        next.topology(null, "n2");

        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void aWatchIsNotNewForLong() {
        FakeWatcher next = bench.watchedNext("n1", "n2");
        next.silent = Set.of("n1");
        next.topology(null, "n2");

        bench.now.addAndGet(TimeUnit.SECONDS.toNanos(5) - 1);
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n1", "n2");

        bench.now.incrementAndGet();
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n2");
        assertThat(topology.route().silent()).extracting(NodeAddress::id).containsExactly("n1");
    }
}
