// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.ucm.api.NodeState;
import io.ucm.spi.BreakerState;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.ServerControl;
import io.ucm.spi.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each step of a switchover, what refuses it, and what takes it back, on servers that note what is done to them. */
class SwitchoverTest {

    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Map<String, Object> MAIN = Map.of(ServerControl.CLUSTER, "main");

    @TempDir
    Path folder;

    private final FakeCluster cluster = new FakeCluster("main");
    private final FakeControl control = new FakeControl(cluster);
    private final Snapshots snapshots = new Snapshots();
    private ProbingTopologyWatcher watcher;
    private Switchovers switchovers;
    private ClusterWatch watch;
    private ProbingTopologyWatcher another;

    @BeforeEach
    void watched() {
        watcher = new ProbingTopologyWatcher(
                new HaSettings(
                        Duration.ofMillis(100),
                        Duration.ofMillis(20),
                        Duration.ofSeconds(2),
                        0x1000000,
                        1000,
                        Duration.ofMillis(200)),
                folder);
        switchovers = new Switchovers(watcher);
        switchovers.addControl(control, MAIN);
        watch = (ClusterWatch) watcher.watch(cluster, snapshots);
        await().until(() ->
                !snapshots.all().isEmpty() && snapshots.last().nodes().stream().allMatch(NodeStatus::readable));
    }

    @AfterEach
    void nothingIsLeft() {
        watcher.deactivate();
        if (another != null) {
            another.deactivate();
        }
        await().until(() -> cluster.servers().stream().allMatch(server -> server.open() == 0));
    }

    private SwitchoverReport to(String node) {
        return switchovers.run(watch, LIMIT, node);
    }

    private String refusal(String node) {
        Throwable refused = catchThrowable(() -> to(node));
        assertThat(refused).isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class);
        return refused.getMessage();
    }

    private void nothingWasChanged() {
        assertThat(control.changes()).isEmpty();
        assertThat(snapshots.all()).noneMatch(topology -> topology.primary() == null);
    }

    private void allIsAsItWas() {
        assertThat(control.isReadOnly("n1")).isFalse();
        assertThat(control.upstream("n2")).isEqualTo("n1");
        assertThat(control.upstream("n3")).isEqualTo("n1");
        assertThat(cluster.n2.primary()).isFalse();
        await().until(() -> "n1".equals(snapshots.primary()));
    }

    @Test
    void exchangesRolesInTheOrderOfTheRules() {
        control.writers(List.of("11", "12"), List.of("12"));

        SwitchoverReport report = to("n2");

        assertThat(control.changes())
                .containsExactly(
                        "n1 read-only",
                        "stop n1",
                        "n3 follows n2",
                        "promote n2",
                        "start n1 as a standby of n2",
                        "n1 read-write");
        assertThat(snapshots.primary()).isEqualTo("n2");
        assertThat(report.from()).isEqualTo("n1");
        assertThat(report.to()).isEqualTo("n2");
        assertThat(report.writersDrained()).isEqualTo(2);
        assertThat(report.writersCut()).isZero();
        assertThat(report.oldCameBack()).isEqualTo("streams");
        assertThat(report.pauseMs()).isBetween(1L, report.totalMs());
        assertThat(report)
                .asString()
                .contains("n2 is the primary, n1 is its standby (streams)", "nobody took writes for");
    }

    @Test
    void nobodyIsThePrimaryMeanwhileAndTheReplicasAreRead() {
        AtomicReference<Topology> seen = new AtomicReference<>();
        control.before("stop n1", () -> seen.set(snapshots.last()));

        to("n2");

        assertThat(seen.get().primary()).isNull();
        assertThat(seen.get().why()).isEqualTo("switchover to n2 is under way");
        assertThat(seen.get().nodes()).extracting(NodeStatus::readable).containsExactly(false, true, true);
        assertThat(snapshots.all().stream().filter(topology -> topology.primary() == null))
                .allMatch(topology -> topology.why().equals("switchover to n2 is under way"));
    }

    @Test
    void writersStillThereAtTheDrainLimitAreCounted() {
        List<List<String>> looks = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            looks.add(i == 0 ? List.of("11", "12") : List.of("12"));
        }
        looks.forEach(look -> control.writers(look));

        SwitchoverReport report = to("n2");

        assertThat(report.writersDrained()).isOne();
        assertThat(report.writersCut()).isOne();
    }

    @Test
    void theWayBackIsOpenAtOnce() {
        control.before("start n1 as a standby of n2", () -> await().until(
                        () -> watch.breakers().get("n1").state().equals(BreakerState.OPEN)));

        List<SwitchoverReport.Step> steps = to("n2").steps();

        assertThat(steps.get(steps.size() - 1).ms())
                .as("a breaker that is not told waits for a second")
                .isLessThan(900);
        assertThat(to("n1").to()).isEqualTo("n1");
    }

    @Test
    void tellsThatTheOldPrimaryNeededAFreshCopy() {
        control.needCopy();
        assertThat(to("n2").oldCameBack()).isEqualTo("fresh copy");
    }

    @Test
    void aTargetThatWasReadOnlyIsMadeWritableBeforeItIsPromoted() {
        makeReadOnly("n2");

        to("n2");

        assertThat(control.changes()).containsSubsequence("n2 read-write", "promote n2");
    }

    private void makeReadOnly(String node) {
        try (NodeSession session = NodeSession.open(
                cluster,
                cluster.nodes().stream()
                        .filter(address -> address.id().equals(node))
                        .findFirst()
                        .orElseThrow(),
                LIMIT)) {
            session.makeReadOnly("to n1");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isRefusedWhereNobodyControlsTheServers() {
        switchovers.removeControl(control);
        switchovers.addControl(control, Map.of(ServerControl.CLUSTER, "other"));

        assertThat(refusal("n2"))
                .contains("cluster 'main': nobody here starts and stops its servers")
                .contains("io.ucm.spi.ServerControl with ucm.cluster=main");
        nothingWasChanged();
    }

    @Test
    void isRefusedForANodeThatThereIsNot() {
        assertThat(refusal("n9")).isEqualTo("cluster 'main': unknown NODE 'n9'; allowed: [n1, n2, n3]");
        nothingWasChanged();
    }

    @Test
    void isRefusedForThePrimaryItself() {
        assertThat(refusal("n1")).isEqualTo("cluster 'main': no switchover to n1: n1 is the primary already");
        nothingWasChanged();
    }

    @Test
    void isRefusedWithoutAPrimary() {
        cluster.n1.kill();
        await().until(() -> snapshots.primary() == null);

        assertThat(refusal("n2")).contains("there is no primary to take over from: ", "n1.example");
        assertThat(control.changes()).isEmpty();
    }

    @Test
    void isRefusedForAReplicaThatIsDown() {
        cluster.n2.kill();
        await().until(() -> !snapshots.last().node("n2").orElseThrow().readable());

        assertThat(refusal("n2")).contains("it is no replica that is up and fresh: ", "could not connect");
        nothingWasChanged();
    }

    /** Its breaker closes a second later at the earliest. */
    @Test
    void waitsForAReplicaThatFailedAMomentAgo() {
        for (int i = 0; i < NodeBreaker.WINDOW; i++) {
            watch.failed("n2", new SQLException("gone", "08006"));
        }
        await().until(() -> !snapshots.last().node("n2").orElseThrow().readable());

        assertThat(to("n2").to()).isEqualTo("n2");
    }

    @Test
    void waitsForAnotherReplicaThatHasNotAnsweredForAMoment() {
        cluster.n3.freeze();
        await().until(() -> snapshots.last().node("n3").orElseThrow().node().state() == NodeState.SUSPECT);
        CompletableFuture.runAsync(cluster.n3::thaw, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));

        assertThat(to("n2").to()).isEqualTo("n2");
    }

    @Test
    void isRefusedForAReplicaThatIsFarBehind() {
        cluster.n1.write("0/9000000");
        await().until(() -> !snapshots.last().node("n2").orElseThrow().readable());

        assertThat(refusal("n2")).contains("it is no replica that is up and fresh: ", "max.lag.bytes");
        nothingWasChanged();
    }

    @Test
    void isRefusedWhileAnotherReplicaIsDown() {
        cluster.n3.kill();
        await().until(() -> !snapshots.last().node("n3").orElseThrow().readable());

        assertThat(refusal("n2")).contains("n3 (n3.example:5432) is no replica that is up, and all have to take part");
        nothingWasChanged();
    }

    @Test
    void isRefusedForAReplicaThatDoesNotStream() {
        cluster.n2.deafen(true);

        assertThat(refusal("n2")).contains("n2 (n2.example:5432) does not stream from anybody");
        nothingWasChanged();
    }

    @Test
    void isRefusedForAReplicaOfAReplica() {
        cluster.n2.follow("n3");

        assertThat(refusal("n2")).contains("streams from n3.example:5432, which is a replica");
        nothingWasChanged();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://secret@n1.example | primary_conninfo is not of the form keyword=value",
                "'' | has no primary_conninfo"
            })
    void isRefusedWhereAReplicaCannotBePointedElsewhere(String conninfo, String why) {
        cluster.n3.conninfo(conninfo);

        assertThat(refusal("n2")).contains("n3 (n3.example:5432): " + why).doesNotContain("secret");
        nothingWasChanged();
    }

    @Test
    void isRefusedWithoutTheRights() {
        control.lack("the role pg_checkpoint");

        assertThat(refusal("n2"))
                .contains("the cluster's role lacks what a switchover needs", "the role pg_checkpoint");
        nothingWasChanged();
    }

    @Test
    void isRefusedWhileSomebodyElseHasAReplicasLock() {
        cluster.n3.lock(true);

        assertThat(refusal("n2"))
                .contains(
                        "n3 (n3.example:5432): somebody else holds its lock: a failover or a switchover is under way");
        nothingWasChanged();
    }

    @Test
    void isRefusedWhereAnotherReplicaMayHaveBeenTold() throws Exception {
        Evidence evidence = new Evidence("n1", TestNode.OURS, 1, Lsn.START, Lsn.START);
        new Memory(folder, "main").store(Pledge.begun(evidence, "n3", Instant.now()));

        assertThat(refusal("n2")).contains("n3 may have been told to be the primary");
        nothingWasChanged();
        assertThat(to("n3").to()).isEqualTo("n3");
    }

    @Test
    void whoIsToldIsOnTheDiskBefore() {
        AtomicReference<String> told = new AtomicReference<>();
        control.before("promote n2", () -> {
            try {
                told.set(new Memory(folder, "main").loadPledge().node());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        to("n2");

        assertThat(told).hasValue("n2");
    }

    @Test
    void isRefusedWhileAnotherOneIsUnderWay() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        control.before("stop n1", () -> {
            inside.countDown();
            awaitLatch(goOn);
        });
        CompletableFuture<SwitchoverReport> first = CompletableFuture.supplyAsync(() -> to("n2"));
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(refusal("n3")).isEqualTo("cluster 'main': another switchover is under way");

        goOn.countDown();
        assertThat(first.get().to()).isEqualTo("n2");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anOldPrimaryThatDoesNotBecomeReadOnlyStaysThePrimary() {
        control.fail("n1 read-only", "no");

        assertThat(refusal("n2"))
                .contains(
                        "failed while making n1 (n1.example:5432) read-only: n1 (n1.example:5432): no (58000); all is as it was, n1");
        allIsAsItWas();
        assertThat(control.changes()).containsExactly("n1 read-only", "n1 read-write");
    }

    @Test
    void anOldPrimaryThatDoesNotStopIsStartedAgain() {
        control.fail("stop n1", "still runs");

        assertThat(refusal("n2")).contains("failed while stopping n1 (n1.example:5432): still runs; all is as it was");
        assertThat(control.changes()).containsExactly("n1 read-only", "stop n1", "start n1", "n1 read-write");
        allIsAsItWas();
    }

    /** As when its bundle is exchanged meanwhile. */
    @Test
    void whateverWhoControlsTheServersThrowsIsTakenBack() {
        control.before("stop n1", () -> {
            throw new NoClassDefFoundError("io/ucm/Gone");
        });
        control.before("start n1", () -> {
            throw new NoClassDefFoundError("io/ucm/Gone");
        });

        assertThat(refusal("n2"))
                .contains("failed while stopping n1 (n1.example:5432): io/ucm/Gone; not taken back: ")
                .contains("n1 (n1.example:5432) does not run (io/ucm/Gone)");
        assertThat(control.changes()).containsExactly("n1 read-only", "stop n1", "start n1", "n1 read-write");
        allIsAsItWas();
    }

    @Test
    void aTargetWithoutTheLastCheckpointIsNotPromoted() {
        control.loseTheEnd();

        assertThat(refusal("n2"))
                .contains("n2 (n2.example:5432) has not got the checkpoint with which n1 (n1.example:5432) ended")
                .contains("received up to 0/3000100");
        assertThat(control.changes()).containsExactly("n1 read-only", "stop n1", "start n1", "n1 read-write");
        allIsAsItWas();
    }

    @Test
    void aReplicaThatDoesNotFollowTheTargetIsPointedBack() {
        control.before("n3 follows n2", () -> cluster.n3.deafen(true));

        assertThat(refusal("n2"))
                .contains("n3 (n3.example:5432) does not stream from n2 (n2.example:5432) within 5000 ms");
        assertThat(control.changes())
                .containsExactly(
                        "n1 read-only", "stop n1", "n3 follows n2", "n3 follows n1", "start n1", "n1 read-write");
        allIsAsItWas();
    }

    @Test
    void whatIsNotTakenBackIsSaid() {
        control.fail("stop n1", "still runs");
        control.fail("start n1", "still does not run");

        assertThat(refusal("n2"))
                .contains("not taken back: ", "n1 (n1.example:5432) does not run (still does not run)")
                .doesNotContain("all is as it was");
    }

    @Test
    void aTargetThatGoesAwayWhileItIsPromotedIsStartedAgainAndPromoted() {
        control.before("promote n2", cluster.n2::loseConnections);
        control.fail("promote n2", "terminating connection");
        control.before("start n2", () -> {
            control.before("promote n2", () -> {});
            control.mend("promote n2");
        });

        assertThat(to("n2").to()).isEqualTo("n2");

        assertThat(control.changes()).containsSubsequence("promote n2", "start n2", "promote n2");
        assertThat(control.changes()).doesNotContain("start n1", "n3 follows n1");
    }

    @Test
    void anOldPrimaryThatDoesNotComeBackLeavesTheNewOneInPlace() {
        control.fail("start n1 as a standby of n2", "its disk is gone");

        assertThat(refusal("n2"))
                .contains("its disk is gone; n2 (n2.example:5432) is the primary, nobody took writes for ");
        assertThat(snapshots.primary()).isEqualTo("n2");
        assertThat(control.changes()).doesNotContain("start n1", "n3 follows n1");
    }

    @Test
    void anotherContainerPromotesNobodyMeanwhile() {
        Snapshots other = seenByAnotherContainer();
        control.before("n3 follows n2", () -> await().until(
                        () -> String.valueOf(other.last().promotion().why()),
                        why -> why.contains("somebody else holds its lock")));

        assertThat(to("n2").to()).isEqualTo("n2");

        await().until(() -> "n2".equals(other.primary()));
        assertThat(cluster.n2.asked())
                .filteredOn(ReplicaSession.PROMOTE::equals)
                .hasSize(1);
        assertThat(cluster.n3.asked()).doesNotContain(ReplicaSession.PROMOTE);
    }

    /** As after a process that stood still for longer than its locks are kept. */
    @Test
    void whatAnotherContainerFinishedIsNotTakenBack() {
        Snapshots other = seenByAnotherContainer();
        control.before("n3 follows n2", () -> {
            control.before("n3 follows n2", () -> {});
            cluster.n2.loseConnections();
            cluster.n3.loseConnections();
            await().until(() -> other.primary() != null && !other.primary().equals("n1"));
        });

        assertThat(refusal("n2")).contains("not taken back: ", "n1 (n1.example:5432) does not run", "by somebody else");

        assertThat(control.changes()).doesNotContain("start n1");
        await().until(() -> other.primary().equals(snapshots.primary()));
        assertThat(cluster.servers().stream().map(FakeServer::asked).flatMap(List::stream))
                .filteredOn(ReplicaSession.PROMOTE::equals)
                .hasSize(1);
    }

    @Test
    void whatIsReadOnlyStaysSoUntilTheSwitchoverHasEnded() throws Exception {
        Snapshots other = seenByAnotherContainer();
        String lock = ReplicaSession.locking(Duration.ofSeconds(3));
        control.before("stop n1", () -> {
            await().until(() -> cluster.n1.asked().stream().filter(lock::equals).count(), attempts -> attempts >= 3);
            assertThat(control.isReadOnly("n1")).isTrue();
            assertThat(other.last().why()).contains("are read-only by a switchover to n2 by ");
        });

        assertThat(to("n2").to()).isEqualTo("n2");

        assertThat(control.changes()).startsWith("n1 read-only", "stop n1", "n3 follows n2", "promote n2");
    }

    /** Its sessions end with it, and it changes nothing any more. */
    @Test
    void whatAKilledOneLeftReadOnlyIsTakenBackByAnotherContainer() {
        Snapshots other = seenByAnotherContainer();
        CountDownLatch over = new CountDownLatch(1);
        control.before("stop n1", () -> {
            cluster.n2.loseConnections();
            cluster.n3.loseConnections();
            await().until(() -> "n1".equals(other.primary()) && !control.isReadOnly("n1"));
            over.countDown();
        });

        assertThat(refusal("n2")).contains("all is as it was");

        assertThat(over.getCount()).isZero();
        assertThat(control.changes()).startsWith("n1 read-only", "stop n1", "n1 read-write");
        assertThat(cluster.n1.switchover()).isNull();
        allIsAsItWas();
    }

    /** As after a process that stood still for longer than its locks are kept. */
    @Test
    void anOldPrimaryIsNotStoppedWithoutTheLocks() {
        control.before("n1 read-only", cluster.n3::loseConnections);

        assertThat(refusal("n2"))
                .contains("failed while asking whether the replicas are locked still", "all is as it was");

        assertThat(control.changes()).containsExactly("n1 read-only", "n1 read-write");
        allIsAsItWas();
    }

    /** Another one that promotes, is armed, and remembers for itself. */
    private Snapshots seenByAnotherContainer() {
        cluster.promoting();
        Snapshots other = new Snapshots();
        another = new ProbingTopologyWatcher(watcher.settings(), folder.resolve("other"));
        another.watch(cluster, other);
        await().until(() -> !other.all().isEmpty() && other.last().promotion().armed());
        return other;
    }

    @Test
    void theEndOfTheBundleTakesBackWhatCanBe() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        control.before("stop n1", () -> {
            inside.countDown();
            awaitLatch(new CountDownLatch(1));
        });
        CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> catchThrowable(() -> to("n2")));
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();

        switchovers.deactivate();

        assertThat(failure.get()).hasMessageContaining("interrupted; all is as it was");
        allIsAsItWas();
        assertThatThrownBy(() -> to("n2")).hasMessage("the bundle is stopping");
    }

    @Test
    void theEndOfTheBundleWaitsForWhatCannotBeTakenBack() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        control.before("start n1 as a standby of n2", () -> {
            inside.countDown();
            awaitLatch(goOn);
            interrupted.set(Thread.interrupted());
        });
        CompletableFuture<SwitchoverReport> report = CompletableFuture.supplyAsync(() -> to("n2"));
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        Thread end = new Thread(switchovers::deactivate);
        end.start();
        await().until(() -> end.getState() == Thread.State.TIMED_WAITING);
        goOn.countDown();

        end.join();
        assertThat(interrupted).isFalse();
        assertThat(report.get().oldCameBack()).isEqualTo("streams");
    }
}
