// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import io.ucm.spi.TopologyWatcher;
import io.ucm.spi.WatchedCluster;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.jdbc.DataSourceFactory;

class ClusterTopologyTest {

    /** Says what the test says. */
    private static final class Says implements TopologyWatcher, TopologyWatch {

        final List<String> failed = new CopyOnWriteArrayList<>();
        Consumer<Topology> listener = topology -> {};
        List<NodeAddress> watched = List.of();
        boolean closed;
        Set<String> silent = Set.of();
        Set<String> refusing = Set.of();
        Set<String> claiming = Set.of();
        Map<String, Integer> timelines = Map.of();

        @Override
        public TopologyWatch watch(WatchedCluster cluster, Consumer<Topology> told) {
            listener = told;
            watched = cluster.nodes();
            return this;
        }

        @Override
        public void failed(String node, SQLException failure) {
            failed.add(node);
        }

        @Override
        public void close() {
            closed = true;
        }

        void topology(@Nullable String primary, String... readable) {
            report(NodeState.UP, primary, readable);
        }

        void report(NodeState state, @Nullable String primary, String... readable) {
            List<NodeStatus> nodes = new ArrayList<>();
            for (NodeAddress address : watched) {
                String id = address.id();
                nodes.add(new NodeStatus(
                        new Node(
                                id,
                                address.host(),
                                address.port(),
                                role(id, state, primary),
                                state(id, state),
                                Instant.now(),
                                null),
                        Set.of(readable).contains(id),
                        silent.contains(id),
                        timelines.getOrDefault(id, 1),
                        "0/1",
                        0L,
                        0L,
                        BreakerState.CLOSED));
            }
            listener.accept(new Topology(
                    "main",
                    Instant.now(),
                    nodes,
                    new Epoch("1", 1, Map.of()),
                    primary,
                    Promotion.OF_OTHERS,
                    primary == null ? "lost" : null));
        }

        /** A node tells it with its first answer. */
        private Role role(String id, NodeState others, @Nullable String primary) {
            if (state(id, others) != NodeState.UP) {
                return Role.UNKNOWN;
            }
            return id.equals(primary) || claiming.contains(id) ? Role.PRIMARY : Role.REPLICA;
        }

        private NodeState state(String id, NodeState others) {
            return silent.contains(id) || refusing.contains(id) ? NodeState.DOWN : others;
        }
    }

    private static final TlsState TLS = TlsState.of(Tls.withoutFiles(TlsMode.DISABLE));

    private final Threads threads = new Threads();
    private volatile @Nullable DataSourceFactory driver = new FakeServer().factory();
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger changes = new AtomicInteger();
    private final Slot<TopologyWatcher> slot = new Slot<>("ha");
    private final Says says = new Says();
    private final ClusterTopology topology = topology("n1=db:5432", "n2=db2:5432", "n3=db3:5432");

    @AfterEach
    void close() {
        topology.close();
        threads.close();
    }

    @Test
    void nobodyServesBeforeTheSlotWasLookedAt() {
        assertThat(topology.route().primary()).isNull();
    }

    @Test
    void theConfiguredPrimaryServesWhereNobodyEverWatched() {
        topology.use(slot);

        assertThat(ids(topology.route())).containsExactly("n1");
    }

    @Test
    void withSomebodyWatchingThereIsNoPrimaryBeforeTheFirstVerdict() {
        watch(says);

        assertThat(topology.route().primary()).isNull();
        assertThat(topology.route().why()).contains("for the first time");
    }

    @Test
    void theVerdictIsFollowed() {
        watch(says);

        says.topology("n2", "n2", "n3");

        assertThat(ids(topology.route())).containsExactly("n2", "n3");
    }

    @Test
    void aLostPrimaryIsNone() {
        watch(says);
        says.topology("n1", "n1", "n2");
        says.topology(null, "n2");

        assertThat(topology.route().primary()).isNull();
        assertThat(topology.route().why()).isEqualTo("cluster 'main' has no primary: lost");
        assertThat(topology.route().readable()).extracting(NodeAddress::id).containsExactly("n2");
    }

    @Test
    void onlyAnotherRouteIsAChange() {
        watch(says);
        says.topology("n1", "n1", "n2");
        int before = changes.get();

        says.topology("n1", "n1", "n2");
        assertThat(changes).hasValue(before);

        says.topology("n1", "n1");
        assertThat(changes).hasValue(before + 1);
    }

    @Test
    void theLastPrimaryStaysWhenNobodyWatchesAnyMoreAndReplicasAreNotRead() {
        Part<TopologyWatcher> part = watch(says);
        says.topology("n2", "n2", "n3");

        unwatch(part);

        assertThat(says.closed).isTrue();
        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void theLastPrimaryComesBackWhenTheWatchEndsWhileThereIsNone() {
        Part<TopologyWatcher> part = watch(says);
        says.topology("n2");
        says.topology(null);

        unwatch(part);

        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void whatAnEndedWatchStillSaysIsIgnored() {
        Part<TopologyWatcher> part = watch(says);
        says.topology("n1");
        unwatch(part);

        says.topology("n3");

        assertThat(ids(topology.route())).containsExactly("n1");
    }

    @Test
    void theLastTopologyStaysUntilTheNextWatchHasItsVerdict() {
        Part<TopologyWatcher> part = watch(says);
        says.topology("n2", "n2", "n3");
        Says next = new Says();

        slot.remove(part.reference());
        watch(next);
        assertThat(ids(topology.route())).containsExactly("n2", "n3");

        next.topology("n3");
        assertThat(ids(topology.route())).containsExactly("n3");
    }

    /** As when the exchange itself keeps the machine so busy that no node answers in time. */
    @Test
    void aWatchThatNobodyHasAnsweredYetChangesNothing() {
        Part<TopologyWatcher> part = watch(says);
        says.topology("n2", "n3");
        Says next = new Says();
        slot.remove(part.reference());
        watch(next);

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
        Says next = watchedNext("n1", "n1", "n2", "n3");

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
        Says next = watchedNext("n1", "n2");

        next.refusing = Set.of("n1");
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void aNewWatchIsBelievedWhereThereIsAnotherPrimary() {
        Says next = watchedNext("n1", "n2");

        next.silent = Set.of("n1");
        next.topology("n3", "n2");
        assertThat(ids(topology.route())).containsExactly("n3", "n2");
    }

    @Test
    void aNewWatchIsBelievedWhereAnotherNodeTakesWritesThoughItIsNotAccepted() {
        Says next = watchedNext("n1", "n2", "n3");

        next.silent = Set.of("n1");
        next.claiming = Set.of("n3");
        next.topology(null, "n2");

        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void aNewWatchIsBelievedWhereAReplicaFollowsSomebodyElse() {
        Says next = watchedNext("n1", "n2", "n3");

        next.silent = Set.of("n1");
        next.timelines = Map.of("n2", 2);
        next.topology(null, "n2");

        assertThat(ids(topology.route())).containsExactly("n2");
    }

    @Test
    void aWatchIsNotNewForLong() {
        Says next = watchedNext("n1", "n2");
        next.silent = Set.of("n1");
        next.topology(null, "n2");

        now.addAndGet(TimeUnit.SECONDS.toNanos(5) - 1);
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n1", "n2");

        now.incrementAndGet();
        next.topology(null, "n2");
        assertThat(ids(topology.route())).containsExactly("n2");
        assertThat(topology.route().silent()).extracting(NodeAddress::id).containsExactly("n1");
    }

    @Test
    void changedSettingsKeepTheKnownPrimaryWhereItIsStillANode() {
        watch(says);
        says.topology("n2");

        ClusterTopology same = topology("n1=db:5432", "n2=db2:5432");
        same.inherit(topology);
        ClusterTopology moved = topology("n1=db:5432", "n2=elsewhere:5432");
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
        watch(says);
        says.topology("n2", "n1", "n3");

        ClusterTopology changed = topology("n2=db2:5432", "n3=db3:5432", "n4=db4:5432");
        changed.inherit(topology);
        assertThat(ids(changed.route())).containsExactly("n2", "n3");
        changed.use(slot);
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
        watch(says);
        says.topology("n2", "n1");
        says.topology(null, "n3");

        ClusterTopology changed = topology("n1=db:5432", "n2=db2:5432", "n3=db3:5432", "n4=db4:5432");
        changed.inherit(topology);
        changed.use(slot);

        assertThat(changed.route().primary()).isNull();
        assertThat(ids(changed.route())).containsExactly("n3");
        changed.close();
    }

    @Test
    void withoutNodesNobodyServesAndNobodyWatches() {
        ClusterTopology none = topology(none());
        slot.add(Workbench.part((TopologyWatcher) says).reference(), says);

        none.use(slot);

        assertThat(none.since()).isNull();
        assertThat(none.route()).isEqualTo(Route.none("Patroni has not named the nodes of cluster 'main' yet"));
        none.close();
    }

    @Test
    void nobodyWatchesWithoutADriver() {
        driver = null;
        Part<TopologyWatcher> part = watch(says);
        assertThat(ids(topology.route())).containsExactly("n1");

        driver = new FakeServer().factory();
        topology.use(slot);
        assertThat(topology.route().primary()).isNull();

        says.topology("n2", "n3");
        driver = null;
        topology.use(slot);
        assertThat(says.closed).isTrue();
        assertThat(ids(topology.route())).containsExactly("n2");
        unwatch(part);
    }

    @Test
    void anotherDriverIsAnotherWatchAndTheTopologyStays() {
        watch(says);
        says.topology("n2", "n3");

        driver = new FakeServer().factory();
        topology.use(slot);

        assertThat(says.closed).isTrue();
        assertThat(ids(topology.route())).containsExactly("n2", "n3");
        says.topology("n3");
        assertThat(ids(topology.route())).containsExactly("n3");
    }

    @Test
    void lostConnectionsAreToldToWhoWatches() {
        watch(says);

        topology.failed(topology.cluster().nodes().get(1), new SQLException("gone", "08006"));

        assertThat(says.failed).containsExactly("n2");
    }

    @Test
    void aClusterThatNamesNoRoleIsNotWatched() {
        ClusterTopology unasked = topologyFor("", "n1=db:5432");
        slot.add(Workbench.part((TopologyWatcher) says).reference(), says);

        unasked.use(slot);

        assertThat(ids(unasked.route())).containsExactly("n1");
        unasked.close();
    }

    private static ClusterSettings none() {
        return ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(
                        ClusterConfig.class,
                        Map.of("cluster", "main", "patroni", new String[] {"http://db1:8008"}, "database", "ucm"),
                        Map.of("user", "ha")));
    }

    private ClusterTopology topology(String... nodes) {
        return topologyFor("ha", nodes);
    }

    private ClusterTopology topologyFor(String user, String... nodes) {
        ClusterSettings settings = ClusterSettings.of(
                SettingsTest.ORIGIN,
                SettingsTest.config(
                        ClusterConfig.class,
                        Map.of("cluster", "main", "nodes", nodes, "database", "ucm"),
                        Map.of("user", user)));
        return topology(settings);
    }

    private ClusterTopology topology(ClusterSettings settings) {
        Credentials credentials = new Credentials(settings.password());
        return new ClusterTopology(
                settings,
                new ClusterAccess(
                        settings,
                        credentials,
                        () -> driver == null ? null : new Connector(driver, settings, TLS),
                        node -> Optional.empty(),
                        null),
                new ClusterNodes(settings, credentials, () -> null, threads),
                now::get,
                changes::incrementAndGet);
    }

    private Part<TopologyWatcher> watch(TopologyWatcher watcher) {
        Part<TopologyWatcher> part = Workbench.part(watcher);
        slot.add(part.reference(), watcher);
        topology.use(slot);
        return part;
    }

    /** The one that comes after one which has named them. */
    private Says watchedNext(String primary, String... readable) {
        Part<TopologyWatcher> part = watch(says);
        says.topology(primary, readable);
        Says next = new Says();
        unwatch(part);
        watch(next);
        return next;
    }

    private void unwatch(Part<TopologyWatcher> part) {
        slot.remove(part.reference());
        topology.use(slot);
    }

    private static List<String> ids(Route route) {
        List<String> ids = new ArrayList<>();
        NodeAddress primary = route.primary();
        if (primary != null) {
            ids.add(primary.id());
        }
        route.readable().forEach(node -> ids.add(node.id()));
        return ids;
    }
}
