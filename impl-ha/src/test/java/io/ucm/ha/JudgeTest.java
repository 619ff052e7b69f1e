// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static io.ucm.ha.TestNode.FOREIGN;
import static io.ucm.ha.TestNode.OURS;
import static io.ucm.ha.TestNode.forkedAt;
import static io.ucm.ha.TestNode.primary;
import static io.ucm.ha.TestNode.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.Distance;
import io.ucm.spi.Epoch;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What becomes of the answers: the topology, and who may be read. */
class JudgeTest {

    private static final Duration SECOND_LATER = Duration.ofSeconds(1);

    private static final History SECOND = forkedAt("0/2000000");
    private static final Remembered ON_FIRST = new Remembered(OURS, 1, Lsn.START);
    private static final Remembered ON_SECOND = new Remembered(OURS, 2, Lsn.parse("0/2000000"));
    private static final HaSettings LIMITS = new HaSettings(
            Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ofSeconds(1), 0x1000, 1000, Duration.ofSeconds(2));

    private final Judge judge = new Judge("main", "n1", LIMITS);
    private Standing standing = Standing.first(ON_FIRST);

    @Test
    void saysWhoIsWhat() {
        Topology topology = judge(
                primary("n1").at("0/3000100").seen(),
                replica("n2").at("0/3000080").lagMs(7L).seen());

        assertThat(topology.cluster()).isEqualTo("main");
        assertThat(topology.at()).isEqualTo(TestNode.AT);
        assertThat(topology.primary()).isEqualTo("n1");
        assertThat(topology.why()).isNull();
        assertThat(topology.epoch()).isEqualTo(new Epoch(OURS, 1, Map.of()));
        NodeStatus replica = topology.node("n2").orElseThrow();
        assertThat(replica.node().role()).isEqualTo(Role.REPLICA);
        assertThat(replica.node().state()).isEqualTo(NodeState.UP);
        assertThat(replica.node().asked()).isEqualTo(TestNode.AT);
        assertThat(replica.timeline()).isOne();
        assertThat(replica.lsn()).isEqualTo("0/3000080");
        assertThat(replica.lagBytes()).isEqualTo(0x80);
        assertThat(replica.lagMs()).isEqualTo(7);
        assertReadable(topology, "n2");
    }

    @Test
    void thePrimaryIsReadable() {
        Topology topology = judge(primary("n1").lagMs(null).seen());

        assertReadable(topology, "n1");
        assertThat(topology.node("n1").orElseThrow().lagBytes()).isZero();
        assertThat(topology.node("n1").orElseThrow().lagMs()).isZero();
    }

    @Test
    void aPrimaryWithoutStandbysIsReadWhileAllOthersAreDown() {
        judge(primary("n1").seen(), replica("n2").seen());

        Topology lonely = judge(primary("n1").quorum(1, 0).seen(), replica("n2").down());

        assertThat(lonely.primary()).isNull();
        assertThat(lonely.node("n1").orElseThrow().readable()).isTrue();
        assertThat(lonely.node("n1").orElseThrow().node().reason())
                .contains("waits for 1 of its standbys, and 0 stream");
    }

    @Test
    void aPrimaryWhoseCommitsHangIsReadWhileAllOthersAreSilent() {
        judge(primary("n1").seen(), replica("n2").seen());

        Topology stuck = judge(
                primary("n1").quorum(1, 1).unconfirmed(Duration.ofSeconds(1)).seen(),
                replica("n2").silent());

        assertThat(stuck.primary()).isNull();
        assertThat(stuck.node("n1").orElseThrow().readable()).isTrue();
    }

    /** Another one may have been promoted already. */
    @Test
    void aPrimaryWithoutStandbysIsNotReadWhileAReplicaIsUp() {
        judge(primary("n1").seen(), replica("n2").seen());

        assertThat(judge(primary("n1").quorum(1, 0).seen(), replica("n2").seen())
                        .node("n1")
                        .orElseThrow()
                        .readable())
                .isFalse();
    }

    @Test
    void aPrimaryOfAnOlderTimelineIsNeverRead() {
        standing = Standing.first(ON_SECOND);

        assertThat(judge(primary("n1").quorum(1, 0).seen(), replica("n2").down())
                        .node("n1")
                        .orElseThrow()
                        .readable())
                .isFalse();
    }

    @Test
    void saysWhereEarlierTimelinesEnded() {
        standing = Standing.first(ON_SECOND);

        assertThat(judge(primary("n2").on(SECOND).seen()).epoch())
                .isEqualTo(new Epoch(OURS, 2, Map.of(1, Lsn.parse("0/2000000").position())));
        assertThat(judge(replica("n3").on(SECOND).seen()).epoch().ends())
                .as("remembered")
                .hasSize(1);
    }

    @Test
    void aReplicaAheadOfWhatThePrimarySaidHasNoLag() {
        Topology topology = judge(
                primary("n1").at("0/3000000").seen(),
                replica("n2").at("0/3000500").lagMs(9000L).seen());

        assertThat(topology.node("n2").orElseThrow().lagBytes()).isZero();
        assertThat(topology.node("n2").orElseThrow().lagMs()).isZero();
        assertReadable(topology, "n2");
    }

    @Test
    void bytesCount() {
        assertReadable(
                judge(
                        primary("n1").at("0/3001000").seen(),
                        replica("n2").at("0/3000000").seen()),
                "n2");
        assertNotReadable(
                judge(
                        primary("n1").at("0/3001001").seen(),
                        replica("n2").at("0/3000000").seen()),
                "n2",
                "behind by more than max.lag.bytes=4096");
    }

    @Test
    void timeCounts() {
        Seen primary = primary("n1").at("0/3000001").seen();

        assertReadable(judge(primary, replica("n2").lagMs(1000L).seen()), "n2");
        assertNotReadable(
                judge(primary, replica("n2").lagMs(1001L).seen()), "n2", "behind by more than max.lag.ms=1000");
    }

    /** As where nothing was written for an hour, and then something that is no transaction. */
    @Test
    void theAgeOfTheLastTransactionDoesNotCountWhereItIsNotTheLag() {
        judge(primary("n1").seen(), replica("n2").seen());

        Topology topology = judge(
                primary("n1").at("0/3000001").after(SECOND_LATER).seen(),
                replica("n2").lagMs(3_600_000L).after(SECOND_LATER).seen());

        assertThat(topology.node("n2").orElseThrow().lagMs()).isZero();
        assertReadable(topology, "n2");
    }

    @Test
    void aReplicaThatHasReplayedNoTransactionIsBehindByWhatIsMissing() {
        Seen behind = replica("n2").lagMs(null).seen();
        assertReadable(judge(primary("n1").at("0/3000001").seen(), behind), "n2");

        Topology topology = judge(
                primary("n1")
                        .at("0/3000002")
                        .after(SECOND_LATER.multipliedBy(2))
                        .seen(),
                replica("n2").lagMs(null).after(SECOND_LATER.multipliedBy(2)).seen());

        assertThat(topology.node("n2").orElseThrow().lagMs()).isEqualTo(2000);
        assertNotReadable(topology, "n2", "behind by more than max.lag.ms=1000");
    }

    @Test
    void aReplicaOnAnOlderTimelineIsNotReadable() {
        assertNotReadable(
                judge(primary("n2").on(SECOND).seen(), replica("n3").seen()),
                "n3",
                "is not on timeline 2 that began at 0/2000000");
    }

    @Test
    void aReplicaThatReceivesTheTimelineAndHasNotReplayedItsBeginningIsReadable() {
        assertReadable(
                judge(
                        primary("n2").on(SECOND).seen(),
                        replica("n3").receiving(2).seen()),
                "n3");
    }

    @Test
    void aReplicaOfATwinIsNotReadable() {
        standing = Standing.first(ON_SECOND);

        assertNotReadable(
                judge(
                        primary("n2").on(SECOND).seen(),
                        replica("n3").on(forkedAt("0/2000500")).seen()),
                "n3",
                "is not on timeline 2 that began at 0/2000000");
    }

    @Test
    void aForeignReplicaIsNotReadable() {
        Topology topology =
                judge(primary("n1").seen(), replica("n2").of(FOREIGN).seen());

        assertNotReadable(topology, "n2", "belongs to another cluster");
        assertThat(topology.node("n2").orElseThrow().lagBytes()).isNull();
    }

    @Test
    void whomNobodyMayIdentifyIsNotReadable() {
        assertNotReadable(
                judge(
                        primary("n1").seen(),
                        replica("n2").unidentified("needs REPLICATION").seen()),
                "n2",
                "needs REPLICATION");
    }

    @Test
    void aNodeWhoseBreakerIsNotClosedIsNotReadable() {
        for (BreakerState state : new BreakerState[] {BreakerState.OPEN, BreakerState.HALF_OPEN}) {
            Topology topology =
                    judge(primary("n1").seen(), replica("n2").breaker(state).seen());

            assertNotReadable(topology, "n2", "circuit breaker");
            assertThat(topology.node("n2").orElseThrow().breaker()).isEqualTo(state);
        }
    }

    @Test
    void aNodeThatIsNotUpIsNotReadable() {
        Topology topology = judge(primary("n1").seen(), replica("n2").down());

        assertThat(topology.node("n2").orElseThrow().readable()).isFalse();
        assertThat(topology.node("n2").orElseThrow().node().reason()).isEqualTo("n2 (n2.example:5432): is gone");
        assertThat(topology.node("n2").orElseThrow().timeline()).isOne();
    }

    @Test
    void aRefusedPrimaryIsNotReadable() {
        assertNotReadable(
                judge(
                        primary("n1").seen(),
                        primary("n2").on(SECOND).quorum(1, 0).seen()),
                "n2",
                "waits for 1 of its standbys");
    }

    @Test
    void whileThereIsNoPrimaryReplicasThatWereFreshStayReadable() {
        judge(
                primary("n1").at("0/3000800").seen(),
                replica("n2").at("0/3000400").seen(),
                replica("n3").at("0/3000400").lagMs(5000L).seen());

        Topology topology = judge(
                primary("n1").down(),
                replica("n2").at("0/3000400").lagMs(60_000L).seen(),
                replica("n3").at("0/3000400").lagMs(60_000L).seen());

        assertThat(topology.primary()).isNull();
        assertReadable(topology, "n2");
        assertThat(topology.node("n2").orElseThrow().lagBytes()).isEqualTo(0x400);
        assertNotReadable(topology, "n3", "max.lag.ms");
    }

    @Test
    void whileThereIsNoPrimaryAReplicaThatHasAllOfTheLastOneIsReadable() {
        judge(
                primary("n1").at("0/3000800").seen(),
                replica("n2").at("0/3000400").lagMs(5000L).seen());

        Topology topology = judge(
                primary("n1").down(),
                replica("n2").at("0/3000800").lagMs(60_000L).seen());

        assertReadable(topology, "n2");
        assertThat(topology.node("n2").orElseThrow().lagMs()).isZero();
    }

    @Test
    void beforeTheFirstPrimaryNobodyIsReadable() {
        standing = Standing.first(null);

        Topology topology = judge(primary("n1").neverAnswered(), replica("n2").seen());

        assertThat(topology.epoch()).isNull();
        assertNotReadable(topology, "n2", "no primary has told yet");
    }

    @Test
    void anObstacleLeavesNoPrimaryAndRemembersNothing() {
        standing = Standing.first(null);
        Judgement judgement =
                judge.judge(List.of(primary("n1").seen()), standing, null, "the memory is gone", TestNode.AT);

        assertThat(judgement.topology().primary()).isNull();
        assertThat(judgement.topology().why()).isEqualTo("the memory is gone");
        assertThat(judgement.standing().remembered()).isNull();
    }

    @Test
    void aNodeThatWasNotAskedYetIsUnknown() {
        NodeStatus node = judge(primary("n1").seen(), replica("n2").neverAsked())
                .node("n2")
                .orElseThrow();

        assertThat(node.node().role()).isEqualTo(Role.UNKNOWN);
        assertThat(node.node().state()).isEqualTo(NodeState.UNKNOWN);
        assertThat(node.node().asked()).isNull();
        assertThat(node.timeline()).isNull();
        assertThat(node.lsn()).isNull();
        assertThat(node.lagBytes()).isNull();
        assertThat(node.lagMs()).isNull();
        assertThat(node.readable()).isFalse();
    }

    @Test
    void saysHowFarReplicasAre() {
        Topology topology = judge(
                primary("n1").taking(Duration.ofMillis(600)).seen(),
                replica("n2").seen(),
                replica("n3").taking(Duration.ofMillis(30)).seen());

        assertReadable(topology, "n3");
        assertThat(distance(topology, "n3")).isEqualTo(Distance.FAR);
        assertThat(topology.node("n3").orElseThrow().latencyMs()).isEqualTo(30.0);
        assertThat(distance(topology, "n2")).isEqualTo(Distance.NEAR);
        assertThat(distance(topology, "n1")).as("the primary").isEqualTo(Distance.NEAR);
    }

    @Test
    void aReplicaThatIsNotReadMakesNoOtherFar() {
        Topology topology = judge(
                primary("n1").at("0/9000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/9000000").taking(Duration.ofMillis(30)).seen());

        assertNotReadable(topology, "n2", "max.lag.bytes");
        assertThat(distance(topology, "n3")).isEqualTo(Distance.NEAR);
    }

    /** So that it can be the target of a switchover. */
    @Test
    void aReplicaThatIsTooFarIsReadable() {
        Topology topology = judge(
                primary("n1").seen(),
                replica("n3").taking(Duration.ofMillis(501)).seen());

        assertReadable(topology, "n3");
        assertThat(distance(topology, "n3")).isEqualTo(Distance.TOO_FAR);
    }

    private static Distance distance(Topology topology, String id) {
        return topology.node(id).orElseThrow().distance();
    }

    private Topology judge(Seen... nodes) {
        Judgement judgement = judge.judge(List.of(nodes), standing, null, null, TestNode.AT);
        standing = judgement.standing();
        return judgement.topology();
    }

    private static void assertReadable(Topology topology, String id) {
        NodeStatus node = topology.node(id).orElseThrow();
        assertThat(node.node().reason()).isNull();
        assertThat(node.readable()).isTrue();
    }

    private static void assertNotReadable(Topology topology, String id, String reason) {
        NodeStatus node = topology.node(id).orElseThrow();
        assertThat(node.readable()).isFalse();
        assertThat(node.node().reason())
                .startsWith(id + " (" + id + ".example:5432): ")
                .contains(reason);
    }
}
