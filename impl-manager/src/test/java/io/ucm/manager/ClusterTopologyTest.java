// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static io.ucm.manager.TopologyBench.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Node;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.TopologyWatcher;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterTopologyTest {

    private final TopologyBench bench = new TopologyBench();
    private final ClusterTopology topology = bench.topology;
    private final FakeWatcher says = bench.says;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void nobodyServesBeforeTheSlotWasLookedAt() {
        assertThat(topology.route().primary()).isNull();
    }

    @Test
    void theConfiguredPrimaryServesWhereNobodyEverWatched() {
        topology.use(bench.slot);

        assertThat(ids(topology.route())).containsExactly("n1");
    }

    @Test
    void withSomebodyWatchingThereIsNoPrimaryBeforeTheFirstVerdict() {
        bench.watch(says);

        assertThat(topology.route().primary()).isNull();
        assertThat(topology.route().why()).contains("for the first time");
    }

    @Test
    void theVerdictIsFollowed() {
        bench.watch(says);

        says.topology("n2", "n2", "n3");

        assertThat(ids(topology.route())).containsExactly("n2", "n3");
    }

    @Test
    void aLostPrimaryIsNone() {
        bench.watch(says);
        says.topology("n1", "n1", "n2");
        says.topology(null, "n2");

        assertThat(topology.route().primary()).isNull();
        assertThat(topology.route().why()).isEqualTo("cluster 'main' has no primary: lost");
        assertThat(topology.route().readable()).extracting(NodeAddress::id).containsExactly("n2");
    }

    @Test
    void onlyAnotherRouteIsAChange() {
        bench.watch(says);
        says.topology("n1", "n1", "n2");
        int before = bench.changes.get();

        says.topology("n1", "n1", "n2");
        assertThat(bench.changes).hasValue(before);

        says.topology("n1", "n1");
        assertThat(bench.changes).hasValue(before + 1);
    }

    @Test
    void theLastPrimaryStaysWhenNobodyWatchesAnyMoreAndReplicasAreNotRead() {
        Part<TopologyWatcher> part = bench.watch(says);
        says.topology("n2", "n2", "n3");

        bench.unwatch(part);

        assertThat(says.closed).isTrue();
        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void theLastPrimaryComesBackWhenTheWatchEndsWhileThereIsNone() {
        Part<TopologyWatcher> part = bench.watch(says);
        says.topology("n2");
        says.topology(null);

        bench.unwatch(part);

        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void whatAnEndedWatchStillSaysIsIgnored() {
        Part<TopologyWatcher> part = bench.watch(says);
        says.topology("n1");
        bench.unwatch(part);

        says.topology("n3");

        assertThat(ids(topology.route())).containsExactly("n1");
    }

    @Test
    void theLastTopologyStaysUntilTheNextWatchHasItsVerdict() {
        Part<TopologyWatcher> part = bench.watch(says);
        says.topology("n2", "n2", "n3");
        FakeWatcher next = new FakeWatcher();

        bench.slot.remove(part.reference());
        bench.watch(next);
        assertThat(ids(topology.route())).containsExactly("n2", "n3");

        next.topology("n3");
        assertThat(ids(topology.route())).containsExactly("n3");
    }

    @Test
    void farReplicasAreNamed() {
        bench.watch(says);
        says.topology("n1", "n2", "n3");
        int before = bench.changes.get();

        says.far = Set.of("n3");
        says.topology("n1", "n2", "n3");

        assertThat(topology.route().far()).extracting(NodeAddress::id).containsExactly("n3");
        assertThat(bench.changes).hasValue(before + 1);
    }

    @Test
    void replicasThatAreTooFarAreNotRead() {
        bench.watch(says);
        says.tooFar = Set.of("n3");

        says.topology("n1", "n2", "n3");

        assertThat(ids(topology.route())).containsExactly("n1", "n2");
        assertThat(topology.route().far()).isEmpty();
    }

    @Test
    void aHistoryThatMayLackWhatWasReadIsToldOnce() {
        bench.watch(says);
        says.topology("n1", "n2");
        assertThat(bench.losses).hasValue(0);

        says.lossy = true;
        says.timeline = 2;
        says.topology("n2");
        says.topology("n2", "n1");
        says.topology(null, "n1");
        assertThat(bench.losses).hasValue(1);

        says.timeline = 3;
        says.topology("n1");
        assertThat(bench.losses).hasValue(2);
    }

    @Test
    void aHistoryThatMayLackWhatSomebodyElseReadIsToldAtTheStart() {
        bench.watch(says);
        says.lossy = true;

        says.topology("n2");

        assertThat(bench.losses).hasValue(1);
    }

    @Test
    void changedSettingsKeepTheKnownPrimaryWhereItIsStillANode() {
        bench.watch(says);
        says.topology("n2");

        ClusterTopology same = bench.topology("n1=db:5432", "n2=db2:5432");
        same.inherit(topology);
        ClusterTopology moved = bench.topology("n1=db:5432", "n2=elsewhere:5432");
        moved.inherit(topology);
        assertThat(ids(same.route())).containsExactly("n2");
        same.use(new Slot<>("ha"));
        moved.use(new Slot<>("ha"));

        assertThat(ids(same.route())).containsExactly("n2");
        assertThat(ids(moved.route())).containsExactly("n1");
        same.close();
        moved.close();
    }

    @Test
    void whoStaysServesOnWhileOtherNodesComeAndGo() {
        bench.watch(says);
        says.topology("n2", "n1", "n3");

        ClusterTopology changed = bench.topology("n2=db2:5432", "n3=db3:5432", "n4=db4:5432");
        changed.inherit(topology);
        assertThat(ids(changed.route())).containsExactly("n2", "n3");
        changed.use(bench.slot);
        assertThat(ids(changed.route())).containsExactly("n2", "n3");
        assertThat(changed.nodes()).extracting(Node::id).containsExactly("n2", "n3");

        says.topology("n2", "n4");
        assertThat(ids(changed.route())).containsExactly("n2", "n4");
        assertThat(changed.route().fenced())
                .as("what may not be written to, the one that left too")
                .extracting(NodeAddress::id)
                .containsExactlyInAnyOrder("n1", "n3", "n4");
        changed.close();
    }

    @Test
    void whereThereWasNoPrimaryOtherNodesBringNone() {
        bench.watch(says);
        says.topology("n2", "n1");
        says.topology(null, "n3");

        ClusterTopology changed = bench.topology("n1=db:5432", "n2=db2:5432", "n3=db3:5432", "n4=db4:5432");
        changed.inherit(topology);
        changed.use(bench.slot);

        assertThat(changed.route().primary()).isNull();
        assertThat(ids(changed.route())).containsExactly("n3");
        changed.close();
    }

    @Test
    void withoutNodesNobodyServesAndNobodyWatches() {
        ClusterTopology none = bench.topology(TopologyBench.none());
        bench.slot.add(Workbench.part((TopologyWatcher) says).reference(), says);

        none.use(bench.slot);

        assertThat(none.since()).isNull();
        assertThat(none.route()).isEqualTo(Route.none("Patroni has not named the nodes of cluster 'main' yet"));
        none.close();
    }

    @Test
    void nobodyWatchesWithoutADriver() {
        bench.driver = null;
        Part<TopologyWatcher> part = bench.watch(says);
        assertThat(ids(topology.route())).containsExactly("n1");

        bench.driver = new FakeServer().factory();
        topology.use(bench.slot);
        assertThat(topology.route().primary()).isNull();

        says.topology("n2", "n3");
        bench.driver = null;
        topology.use(bench.slot);
        assertThat(says.closed).isTrue();
        assertThat(ids(topology.route())).containsExactly("n2");
        bench.unwatch(part);
    }

    @Test
    void anotherDriverIsAnotherWatchAndTheTopologyStays() {
        bench.watch(says);
        says.topology("n2", "n3");

        bench.driver = new FakeServer().factory();
        topology.use(bench.slot);

        assertThat(says.closed).isTrue();
        assertThat(ids(topology.route())).containsExactly("n2", "n3");
        says.topology("n3");
        assertThat(ids(topology.route())).containsExactly("n3");
    }

    @Test
    void lostConnectionsAreToldToWhoWatches() {
        bench.watch(says);

        topology.failed(topology.cluster().nodes().get(1), new SQLException("gone", "08006"));

        assertThat(says.failed).containsExactly("n2");
    }

    @Test
    void aClusterThatNamesNoRoleIsNotWatched() {
        ClusterTopology unasked = bench.topologyFor("", "n1=db:5432");
        bench.slot.add(Workbench.part((TopologyWatcher) says).reference(), says);

        unasked.use(bench.slot);

        assertThat(ids(unasked.route())).containsExactly("n1");
        unasked.close();
    }
}
