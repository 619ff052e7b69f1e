// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.CallBreaker;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import io.ucm.spi.TopologyWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When nodes are asked, and when what is published, with servers that fail in each way. */
class ClusterWatchTest {

    private static final Duration NEVER = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final HaSettings FAST = new HaSettings(
            Duration.ofMillis(100),
            Duration.ofMillis(20),
            Duration.ofSeconds(4),
            0x1000000,
            1000,
            Duration.ofSeconds(2));
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    Path folder;

    private final FakeCluster cluster = new FakeCluster("main" + NUMBER.incrementAndGet());
    private final Snapshots snapshots = new Snapshots();
    private final List<TopologyWatch> watches = new ArrayList<>();

    @AfterEach
    void noThreadIsLeft() {
        watches.forEach(TopologyWatch::close);
        awaitNoThread();
        assertThat(cluster.servers()).allMatch(server -> server.open() == 0);
    }

    @Test
    void publishesWhoIsWhat() {
        watch(FAST);

        awaitPrimary("n1");
        await().until(() -> snapshots.last().nodes().stream().allMatch(NodeStatus::readable));
        assertThat(snapshots.last().epoch().timeline()).isOne();
        assertThat(snapshots.last().nodes())
                .extracting(status -> status.node().id())
                .containsExactly("n1", "n2", "n3");
    }

    @Test
    void aBreakerThatOpensIsPublishedAndMadeHalfOpenByAProbe() {
        TopologyWatch watch = watch(new HaSettings(
                FAST.interval(),
                FAST.urgentInterval(),
                FAST.timeout(),
                FAST.maxLagBytes(),
                FAST.maxLagMs(),
                FAST.maxLatency(),
                FAST.drainLimit(),
                Duration.ofMillis(500)));
        awaitPrimary("n1");
        CallBreaker breaker = watch.breaker("n1", Role.PRIMARY, "REPORTS", "ML_TRAINING");
        for (int i = 0; i < 10; i++) {
            breaker.ended(breaker.enter(), 1, new SQLException("internal error", "XX000"));
        }

        await().until(() -> breakerOf("n1") == BreakerState.OPEN);
        assertThat(snapshots.primary()).isEqualTo("n1");
        await().until(() -> breakerOf("n1") == BreakerState.HALF_OPEN);
        assertThat(watch.breaker("n9", Role.PRIMARY, "REPORTS", "ML_TRAINING")).isNull();
    }

    @Test
    void aNodeThatIsLostOpensNoBreaker() {
        TopologyWatch watch = watch(FAST);
        awaitPrimary("n1");
        CallBreaker breaker = watch.breaker("n1", Role.PRIMARY, "REPORTS", "ML_TRAINING");
        for (int i = 0; i < 10; i++) {
            breaker.ended(breaker.enter(), 1, new SQLException("internal error", "XX000"));
        }
        assertThat(breaker.retryAfter()).isPositive();

        cluster.n1.kill();

        await().until(() -> snapshots.primary() == null && breaker.retryAfter() == 0);
    }

    private BreakerState breakerOf(String node) {
        return snapshots.last().node(node).orElseThrow().breaker();
    }

    @Test
    void doesNotSayThatThereIsNoPrimaryBeforeItHasAsked() {
        cluster.n1.freeze();
        watch(new HaSettings(
                FAST.interval(), FAST.urgentInterval(), Duration.ofSeconds(5), 0, 0, Duration.ofSeconds(2)));
        await().until(() -> cluster.n2.questions() > 5 && cluster.n3.questions() > 5);
        assertThat(snapshots.all()).isEmpty();

        cluster.n1.thaw();
        await().until(() -> !snapshots.all().isEmpty());
        assertThat(snapshots.all().get(0).primary()).isEqualTo("n1");
    }

    @Test
    void keepsItsConnectionsOpen() {
        watch(FAST);
        await().until(() -> cluster.n1.questions() > 5 && cluster.n2.questions() > 5);

        assertThat(cluster.n1.connects()).isEqualTo(2);
        assertThat(cluster.n2.connects()).isEqualTo(2);
    }

    @Test
    void asksForTheRoleEachTimeOverTheSameConnections() {
        watch(FAST);
        awaitPrimary("n1");
        await().until(() -> cluster.n2.questions() > 0);
        cluster.n1.kill();
        cluster.n2.promote("0/3000000");

        awaitPrimary("n2");
        assertThat(snapshots.last().epoch().timeline()).isEqualTo(2);
        assertThat(cluster.n2.connects()).isEqualTo(2);
    }

    @Test
    void aDemotedPrimaryIsNoneAtOnce() {
        watch(FAST);
        awaitPrimary("n1");
        cluster.n1.demote();

        awaitPrimary(null);
        assertThat(snapshots.last().why()).contains("n1 (n1.example:5432): is a replica");
        assertThat(snapshots.states("n1")).doesNotContain(NodeState.SUSPECT, NodeState.DOWN);
    }

    @Test
    void aSilentNodeDoesNotDelayTheOthers() {
        cluster.n3.freeze();
        watch(new HaSettings(
                FAST.interval(), FAST.urgentInterval(), Duration.ofSeconds(8), 0, 0, Duration.ofSeconds(2)));

        await().atMost(Duration.ofSeconds(3)).until(() -> cluster.n1.questions() > 8 && cluster.n2.questions() > 8);
        assertThat(snapshots.primary()).isEqualTo("n1");
        assertThat(snapshots.states("n3")).containsExactly(NodeState.UNKNOWN);
    }

    @Test
    void aKilledPrimaryIsSuspectedThenDown() {
        watch(FAST);
        awaitPrimary("n1");
        await().until(() -> snapshots.states("n1").contains(NodeState.UP));
        cluster.n1.kill();

        awaitPrimary(null);
        assertThat(snapshots.states("n1")).endsWith(NodeState.UP, NodeState.SUSPECT, NodeState.DOWN);
        assertThat(snapshots.all())
                .filteredOn(topology -> state(topology, "n1") == NodeState.SUSPECT)
                .isNotEmpty()
                .allMatch(topology -> "n1".equals(topology.primary()));
        assertThat(snapshots.last().why()).contains("n1 (n1.example:5432): could not connect: refused");
    }

    @Test
    void lostConnectionsAloneDoNotEndThePrimary() {
        watch(FAST);
        awaitPrimary("n1");
        int before = snapshots.all().size();
        cluster.n1.loseConnections();

        await().until(() -> cluster.n1.connects() == 4
                && snapshots.states("n1").contains(NodeState.SUSPECT)
                && state(snapshots.last(), "n1") == NodeState.UP);
        assertThat(List.copyOf(snapshots.all()).stream().skip(before))
                .allMatch(topology -> "n1".equals(topology.primary()));
        assertThat(snapshots.states("n1")).doesNotContain(NodeState.DOWN);
    }

    @Test
    void aSlowAnswerIsSuspectedAndTaken() {
        HaSettings patient = new HaSettings(
                FAST.interval(), FAST.urgentInterval(), Duration.ofSeconds(5), 0, 0, Duration.ofSeconds(2));
        watch(patient);
        awaitPrimary("n1");
        cluster.n1.freeze();
        await().until(() -> state(snapshots.last(), "n1") == NodeState.SUSPECT);
        assertThat(snapshots.last().node("n1").orElseThrow().node().reason()).contains("gives no answer");
        cluster.n1.thaw();

        await().until(() -> state(snapshots.last(), "n1") == NodeState.UP);
        assertThat(snapshots.primary()).isEqualTo("n1");
        assertThat(snapshots.states("n1")).doesNotContain(NodeState.DOWN);
        await().until(() -> cluster.n1.open() == 2);
    }

    @Test
    void aNodeThatComesBackIsUpAgain() {
        watch(FAST);
        awaitPrimary("n1");
        cluster.n3.kill();
        await().until(() -> state(snapshots.last(), "n3") == NodeState.DOWN);
        cluster.n3.thaw();

        await().until(() -> snapshots.last().node("n3").orElseThrow().readable());
        assertThat(cluster.n3.open()).isEqualTo(2);
    }

    /** Both connections together take longer than a node may be silent, and each of them does. */
    @Test
    void aNodeThatIsFarAwayIsUpAgainAlthoughConnectingTakesLonger() {
        watch(new HaSettings(
                FAST.interval(), FAST.urgentInterval(), Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        cluster.n1.connectTakes(Duration.ofMillis(1200));
        cluster.n1.loseConnections();
        await().until(() -> state(snapshots.last(), "n1") == NodeState.DOWN);

        awaitPrimary("n1");
        await().until(() -> cluster.n1.open() == 2);
    }

    @Test
    void aSilentPrimaryIsDownAfterTheTimeout() {
        watch(new HaSettings(
                Duration.ofMillis(50), FAST.urgentInterval(), Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        cluster.n1.freeze();
        long frozen = System.nanoTime();

        awaitPrimary(null);
        assertThat(Duration.ofNanos(System.nanoTime() - frozen))
                .isBetween(Duration.ofMillis(900), Duration.ofMillis(1900));
        assertThat(snapshots.states("n1")).endsWith(NodeState.UP, NodeState.SUSPECT, NodeState.DOWN);
        assertThat(snapshots.last().why()).contains("n1 (n1.example:5432): gave no answer within 1000 ms");
    }

    @Test
    void aPrimaryThatAnswersOthersIsNotSilent() {
        cluster.silences = node -> Optional.of(Duration.ofMillis(5));
        watch(new HaSettings(
                Duration.ofMillis(50), FAST.urgentInterval(), Duration.ofMillis(200), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        cluster.n1.freeze();
        await().until(() -> state(snapshots.last(), "n1") == NodeState.SUSPECT);

        await().during(Duration.ofSeconds(1)).until(() -> "n1".equals(snapshots.primary()));
        cluster.silences = node -> Optional.of(Duration.ofSeconds(1));
        awaitPrimary(null);
        assertThat(snapshots.last().node("n1").orElseThrow().silent()).isTrue();
    }

    @Test
    void whoRefusesIsNotSilent() {
        watch(FAST);
        awaitPrimary("n1");
        cluster.n1.kill();

        awaitPrimary(null);
        assertThat(snapshots.last().node("n1").orElseThrow().silent()).isFalse();
    }

    @Test
    void looksAtOnceWhenSomebodyElsesConnectionFails() {
        TopologyWatch watch = watch(
                new HaSettings(NEVER, Duration.ofMillis(100), Duration.ofSeconds(4), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        awaitNoRound();
        cluster.n1.kill();
        watch.failed("n1", new SQLException("gone", "08006"));
        long reported = System.nanoTime();

        awaitPrimary(null);
        assertThat(Duration.ofNanos(System.nanoTime() - reported)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void manyReportsAreOneLook() {
        TopologyWatch watch = watch(
                new HaSettings(NEVER, Duration.ofMillis(400), Duration.ofSeconds(4), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        awaitNoRound();
        int before = cluster.n1.questions();
        for (int i = 0; i < 20_000; i++) {
            watch.failed("n1", new SQLException("gone", "08006"));
        }

        await().until(() -> cluster.n1.questions() > before);
        await().during(Duration.ofMillis(300)).until(() -> cluster.n1.questions() - before <= 2);
        assertThat(snapshots.primary()).isEqualTo("n1");
    }

    @Test
    void reportsOpenTheBreaker() {
        TopologyWatch watch = watch(FAST);
        awaitPrimary("n1");
        await().until(() -> snapshots.last().node("n2").orElseThrow().readable());
        for (int i = 0; i < 100; i++) {
            watch.failed("n2", new SQLException("gone", "08006"));
        }

        await().until(() -> snapshots.last().node("n2").orElseThrow().breaker() == BreakerState.OPEN);
        assertThat(snapshots.last().node("n2").orElseThrow().readable()).isFalse();
        assertThat(state(snapshots.last(), "n2")).isEqualTo(NodeState.UP);
        await().atMost(LIMIT)
                .until(() -> snapshots.last().node("n2").orElseThrow().readable());
    }

    @Test
    void aReportOfANodeThatIsNotWatchedIsIgnored() {
        TopologyWatch watch = watch(FAST);

        assertThatCode(() -> watch.failed("n9", new SQLException("gone", "08006")))
                .doesNotThrowAnyException();
        awaitPrimary("n1");
    }

    @Test
    void looksUrgentlyWhileThereIsNoPrimary() {
        TopologyWatch watch =
                watch(new HaSettings(NEVER, Duration.ofMillis(20), Duration.ofSeconds(4), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        awaitNoRound();
        cluster.n1.kill();
        int before = cluster.n2.questions();
        watch.failed("n1", new SQLException("gone", "08006"));

        await().atMost(Duration.ofSeconds(2)).until(() -> cluster.n2.questions() > before + 10);
        cluster.n2.promote("0/3000000");
        awaitPrimary("n2");
        int after = cluster.n2.questions();
        await().during(Duration.ofMillis(300)).until(() -> cluster.n2.questions() <= after + 1);
    }

    @Test
    void publishesOncePerRoundWhileNothingChanges() {
        watch(FAST);
        awaitPrimary("n1");
        await().until(() -> snapshots.last().nodes().stream().allMatch(NodeStatus::readable));
        int published = snapshots.all().size();
        int asked = cluster.n1.questions();
        cluster.n1.write("0/3000100");
        await().until(() -> cluster.n1.questions() >= asked + 10);

        int rounds = cluster.n1.questions() - asked;
        assertThat(snapshots.all().size() - published).isBetween(rounds - 2, rounds + 2);
        assertThat(snapshots.last().node("n2").orElseThrow().lagBytes()).isEqualTo(0x100);
    }

    @Test
    void publishesOneAtATimeInOrder() {
        TopologyWatch watch = watch(FAST);
        for (int i = 0; i < 20; i++) {
            int next = snapshots.all().size() + 2;
            cluster.n2.loseConnections();
            watch.failed("n2", new SQLException("gone", "08006"));
            watch.failed("n3", new SQLException("gone", "08006"));
            await().until(() -> snapshots.all().size() > next);
        }

        assertThat(snapshots.overlapped()).isFalse();
        assertThat(snapshots.all()).extracting(Topology::at).isSortedAccordingTo(Instant::compareTo);
    }

    @Test
    void endsWithinTwoSecondsThoughHostsAreSilent() {
        TopologyWatch watch = watch(new HaSettings(
                FAST.interval(), FAST.urgentInterval(), Duration.ofSeconds(1), 0, 0, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        await().until(() -> cluster.servers().stream().allMatch(server -> server.questions() > 0));
        cluster.servers().forEach(FakeServer::freeze);
        await().until(() -> state(snapshots.last(), "n1") == NodeState.SUSPECT);

        long begin = System.nanoTime();
        watch.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
        awaitNoThread();
        int published = snapshots.all().size();
        cluster.servers().forEach(FakeServer::thaw);
        await().during(Duration.ofMillis(300)).until(() -> snapshots.all().size() == published);
    }

    @Test
    void canBeClosedByItsListener() {
        AtomicReference<TopologyWatch> watch = new AtomicReference<>();
        List<Duration> closed = new CopyOnWriteArrayList<>();
        Consumer<Topology> closing = topology -> {
            if (watch.get() != null) {
                long begin = System.nanoTime();
                watch.get().close();
                closed.add(Duration.ofNanos(System.nanoTime() - begin));
            }
        };
        watch.set(watch(FAST, closing));

        await().until(() -> !closed.isEmpty());
        awaitNoThread();
        assertThat(closed).hasSize(1);
        assertThat(closed.get(0)).isLessThan(Duration.ofMillis(900));
    }

    @Test
    void isClosedOnce() {
        AtomicInteger closed = new AtomicInteger();
        ClusterWatch watch = new ClusterWatch(
                cluster, FAST, new Memory(folder, cluster.name()), snapshots, ended -> closed.incrementAndGet());
        watch.start();
        watch.close();
        watch.close();

        assertThat(closed).hasValue(1);
    }

    @Test
    void aListenerThatThrowsDoesNotEndTheWatch() {
        AtomicInteger heard = new AtomicInteger();
        watch(FAST, topology -> {
            heard.incrementAndGet();
            throw new IllegalStateException("not today");
        });

        await().until(() -> heard.get() > 5);
    }

    @Test
    void remembersANewerTimelineBeforeItPublishesIt() {
        List<String> remembered = new ArrayList<>();
        watch(FAST, topology -> {
            if ("n2".equals(topology.primary())) {
                remembered.add(memory());
            }
            snapshots.accept(topology);
        });
        awaitPrimary("n1");
        cluster.n1.kill();
        cluster.n2.promote("0/3000000");
        awaitPrimary("n2");

        assertThat(remembered.get(0)).contains("timeline=2").contains("timeline.begin=0/3000000");
    }

    @Test
    void refusesAfterARestartWhatItRefusedBefore() {
        TopologyWatch first = watch(FAST);
        awaitPrimary("n1");
        cluster.n1.kill();
        cluster.n2.promote("0/3000000");
        awaitPrimary("n2");
        first.close();
        cluster.n2.kill();
        cluster.n1.thaw();

        Snapshots later = new Snapshots();
        watch(FAST, later);
        await().until(() -> !later.all().isEmpty() && state(later.last(), "n2") == NodeState.DOWN);

        assertThat(later.all()).allMatch(topology -> topology.primary() == null);
        assertThat(later.last().epoch().timeline()).isEqualTo(2);
        assertThat(later.last().why()).contains("n1 (n1.example:5432): is a primary on timeline 1, which ended");
    }

    @Test
    void acceptsNobodyWhenItCannotReadWhatItRemembered() throws IOException {
        Files.writeString(file(), "nonsense");
        watch(FAST);

        await().until(() -> !snapshots.all().isEmpty() && state(snapshots.last(), "n1") == NodeState.UP);
        assertThat(snapshots.all()).allMatch(topology -> topology.primary() == null);
        assertThat(snapshots.last().why()).contains(file().toString()).contains("delete that file");
        assertThat(Files.readString(file())).isEqualTo("nonsense");

        Files.delete(file());
        awaitPrimary("n1");
        assertThat(memory()).contains("timeline=1");
    }

    @Test
    void acceptsNobodyUntilItCanRemember() throws IOException {
        Path blocked = Files.createDirectory(folder.resolve(cluster.name() + ".properties.new"));
        watch(FAST);
        await().until(() -> !snapshots.all().isEmpty() && state(snapshots.last(), "n1") == NodeState.UP);
        assertThat(snapshots.last().primary()).isNull();
        assertThat(snapshots.last().why()).contains("can't be written");

        Files.delete(blocked);
        awaitPrimary("n1");
    }

    @Test
    void aPrimaryWithoutItsStandbysIsRefusedUntilTheyStream() {
        watch(FAST);
        awaitPrimary("n1");
        cluster.n1.kill();
        cluster.n2.standbys(0);
        cluster.n2.promote("0/3000000");
        await().until(() ->
                snapshots.primary() == null && snapshots.last().why().contains("0 stream"));
        assertThat(snapshots.last().epoch().timeline()).isOne();

        cluster.n2.standbys(1);
        awaitPrimary("n2");
    }

    /** It still counts them as standbys that stream. */
    @Test
    void aPrimaryWhoseStandbysAreFrozenTakesNoWritesUntilTheyConfirm() {
        watch(new HaSettings(
                FAST.interval(), FAST.urgentInterval(), Duration.ofSeconds(1), 0x1000000, 1000, Duration.ofSeconds(2)));
        awaitPrimary("n1");
        cluster.n1.confirmed("0/3000000");
        cluster.n1.write("0/3000100");
        cluster.n2.freeze();
        cluster.n3.freeze();

        await().until(() -> snapshots.primary() == null);
        assertThat(snapshots.last().why()).contains("waits for 1 of its standbys: 2 stream, but confirm nothing");
        assertThat(snapshots.last().node("n1").orElseThrow().readable()).isTrue();

        // Each publication is work for all who read it.
        int published = snapshots.all().size();
        int asked = cluster.n1.questions();
        await().until(() -> cluster.n1.questions() > asked + 10);
        assertThat(snapshots.all().stream().skip(published).map(Topology::why).distinct())
                .hasSizeLessThan(2);

        cluster.n1.confirmed(null);
        awaitPrimary("n1");
        cluster.n2.thaw();
        cluster.n3.thaw();
    }

    @Test
    void saysThatTheRightToReplicationIsMissing() {
        cluster.servers().forEach(server -> server.allowReplication(false));
        watch(FAST);

        await().until(() -> !snapshots.all().isEmpty() && state(snapshots.last(), "n1") == NodeState.UP);
        assertThat(snapshots.last().why())
                .contains("n1 (n1.example:5432): its identity can't be confirmed")
                .contains("permission denied to start WAL sender")
                .contains("needs REPLICATION");
        NodeStatus node = snapshots.last().node("n1").orElseThrow();
        assertThat(node.node().reason()).contains("its identity can't be confirmed");
        assertThat(node.readable()).isFalse();
        assertThat(node.timeline()).isNull();
    }

    @Test
    void aForeignServerInPlaceOfAReplicaIsNotUsed() {
        cluster.n3.systemId(TestNode.FOREIGN);
        watch(FAST);
        awaitPrimary("n1");

        await().until(() -> state(snapshots.last(), "n3") == NodeState.UP);
        assertThat(snapshots.last().node("n3").orElseThrow().readable()).isFalse();
        assertThat(snapshots.last().node("n3").orElseThrow().node().reason()).contains("belongs to another cluster");
    }

    private TopologyWatch watch(HaSettings settings) {
        return watch(settings, snapshots);
    }

    private TopologyWatch watch(HaSettings settings, Consumer<Topology> listener) {
        ClusterWatch watch =
                new ClusterWatch(cluster, settings, new Memory(folder, cluster.name()), listener, ended -> {});
        watches.add(watch);
        watch.start();
        return watch;
    }

    private void awaitPrimary(String id) {
        await().pollInterval(Duration.ofMillis(5))
                .atMost(LIMIT)
                .until(() -> !snapshots.all().isEmpty()
                        && (id == null ? snapshots.primary() == null : id.equals(snapshots.primary())));
    }

    /** The round that was due while there was no primary yet is over. */
    private void awaitNoRound() {
        int[] before = {-1};
        await().pollInterval(Duration.ofMillis(500)).until(() -> {
            boolean quiet = cluster.n1.questions() == before[0];
            before[0] = cluster.n1.questions();
            return quiet;
        });
    }

    private static NodeState state(Topology topology, String node) {
        return topology.node(node).orElseThrow().node().state();
    }

    private Path file() {
        return folder.resolve(cluster.name() + ".properties");
    }

    private String memory() {
        try {
            return Files.readString(file());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void awaitNoThread() {
        await().atMost(Duration.ofSeconds(1)).until(() -> threads().isEmpty());
    }

    private List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ucm-ha-" + cluster.name() + "-"))
                .toList();
    }
}
