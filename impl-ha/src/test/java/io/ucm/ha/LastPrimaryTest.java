// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static io.ucm.ha.TestNode.OURS;
import static io.ucm.ha.TestNode.forkedAt;
import static io.ucm.ha.TestNode.primary;
import static io.ucm.ha.TestNode.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.Topology;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When the next primary may lack what was read on the last one. */
class LastPrimaryTest {

    private static final History SECOND = forkedAt("0/2000000");
    private static final Remembered ON_FIRST = new Remembered(OURS, 1, Lsn.START);

    private final Judge judge = new Judge("main", "n1", HaSettings.BUILT_IN);
    private Standing standing = Standing.first(ON_FIRST);

    @Test
    void aNewPrimaryThatHasWhatWasAcknowledgedLosesNothing() {
        judge(
                kept("0/2000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(gone("n1"), replica("n2").seen(), replica("n3").at("0/2000000").suspect());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isFalse();
    }

    /** What the old primary had written beyond that was not acknowledged. */
    @Test
    void whatWaitedForAStandbyIsNoLoss() {
        judge(
                kept("0/1000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(
                primary("n1").at("0/2000008").keptBy(1, "0/2000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isFalse();
    }

    /** All had the first pages of it, and who goes on writes another one in its place. */
    @ParameterizedTest
    @CsvSource({"0/2002000, false", "0/2001000, true"})
    void whatIsOnlyBegunWasNotCommitted(String all, boolean lossy) {
        judge(
                kept("0/1000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(
                primary("n1").at("0/2002000").keptUpTo("0/2002000", all).seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isEqualTo(lossy);
    }

    /** It was acknowledged before commits waited for anybody. */
    @Test
    void whatNoStandbyHadWhenCommitsBeganToWaitMayBeLost() {
        judge(
                primary("n1").at("0/2000008").keptBy(1, "0/1000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(
                primary("n1").at("0/2000008").keptBy(1, "0/2000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void whatAStandbyHadConfirmedThatHasLeftSinceMayBeLost() {
        judge(
                kept("0/2000008"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(
                primary("n1").at("0/2000008").keptBy(1, "0/2000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void aNewPrimaryThatLacksWhatWasConfirmedIsLossyAsLongAsItsTimelineLasts() {
        judge(
                kept("0/2000008"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
        assertThat(judge(gone("n1"), replica("n3").at("0/2000000").seen()).lossy())
                .isTrue();
    }

    @Test
    void whereCommitsWaitForNobodyOfTheClusterSomethingMayBeLost() {
        judge(
                primary("n1").keptBy(0, "0/2000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void whatAReplicaConfirmedThatIsAwayMayBeLost() {
        judge(
                kept("0/2000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), gone("n3")).lossy()).isTrue();
    }

    /** It may have been made anew, or be the standby that the next primary had to wait for. */
    @Test
    void whatAReplicaConfirmedThatWasAwayMayBeLost() {
        judge(
                kept("0/2000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(gone("n1"), replica("n2").seen(), gone("n3"));

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void whoIsBackBeforeThePrimaryIsLostMissesNothing() {
        judge(kept("0/1000000"), replica("n2").seen(), gone("n3"));
        judge(gone("n1"), replica("n2").seen(), gone("n3"));
        judge(
                kept("0/2000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isFalse();
    }

    /** Who restarts it, or cancels what waits there, makes visible what no standby has. */
    @Test
    void whatWasReadOnAPrimaryWithoutStandbysMayBeLost() {
        judge(
                kept("0/2000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(primary("n1").quorum(1, 0).seen(), gone("n2"), gone("n3"));

        assertThat(standing.last().readAlone()).isTrue();
        assertThat(standing.last()
                        .isContinuedBy(
                                promoted(),
                                List.of(
                                        promoted(),
                                        replica("n3").at("0/2000000").seen())))
                .isFalse();
    }

    /** By hand, as a cloud service does, or because the other one is not up to date with its own. */
    @Test
    void wherePromotedIsWhoHasLessSomethingMayBeLost() {
        judge(
                kept("0/1000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000008").seen())
                        .lossy())
                .isTrue();
    }

    /** Both were promoted, and the old primary follows the one that has less. */
    @Test
    void whereAnotherOneThatHadMoreWasPromotedTooSomethingMayBeLost() {
        judge(kept("0/1000000"), replica("n2").seen(), replica("n3").seen());

        assertThat(judge(
                                replica("n1").on(SECOND).seen(),
                                promoted(),
                                primary("n3")
                                        .quorum(1, 0)
                                        .on(forkedAt("0/2000500"))
                                        .seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void whatAReplicaOfAnUnknownHistoryHasMayBeLost() {
        judge(kept("0/1000000"), replica("n2").seen(), replica("n3").seen());

        assertThat(judge(
                                gone("n1"),
                                promoted(),
                                replica("n3").unidentified("it refuses").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void wherePromotedIsWhomNoCommitWaitedForSomethingMayBeLost() {
        Seen lone = primary("n1").at("0/1000000").keptBy("n3", "0/1000000").seen();
        judge(lone, replica("n2").seen(), replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/1000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void aReplicaThatNoCommitWaitedForMayBeAway() {
        Seen waiting = primary("n1").at("0/1000000").keptBy("n2", "0/1000000").seen();
        judge(waiting, replica("n2").seen(), gone("n3"));

        assertThat(judge(gone("n1"), promoted(), gone("n3")).lossy()).isFalse();
    }

    /** A crash shows what waited for a standby. */
    @Test
    void afterAnInterruptionStandbysHaveToHaveWhatIsThereThen() {
        judge(
                kept("0/1000000"),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());
        judge(gone("n1"), replica("n2").seen(), replica("n3").at("0/2000000").seen());
        judge(
                primary("n1").at("0/1500000").keptBy(1, "0/1000000").seen(),
                replica("n2").seen(),
                replica("n3").at("0/2000000").seen());

        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/1000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void afterAFailoverThatNobodySawSomethingMayBeLost() {
        assertThat(judge(gone("n1"), promoted(), replica("n3").at("0/2000000").seen())
                        .lossy())
                .isTrue();
    }

    @Test
    void theFirstPrimaryThatIsEverSeenLosesNothing() {
        standing = Standing.first(null);

        assertThat(judge(promoted(), replica("n3").at("0/2000000").seen()).lossy())
                .isFalse();
    }

    @Test
    void anExchangeOfRolesThatWaitsForTheTargetLosesNothing() {
        assertThat(exchanged(true).lossy()).isFalse();
        standing = Standing.first(ON_FIRST);
        assertThat(exchanged(false).lossy()).isTrue();
    }

    private Topology exchanged(boolean complete) {
        judge(primary("n1").asynchronous().seen(), replica("n2").seen());
        Hold hold = new Hold("n1", "n2", complete);
        Topology topology = judge.judge(List.of(gone("n1"), promoted()), standing, hold, null, TestNode.AT)
                .topology();
        assertThat(topology.primary()).isEqualTo("n2");
        return topology;
    }

    private static Seen kept(String upTo) {
        return primary("n1").at(upTo).keptBy(1, upTo).seen();
    }

    private static Seen gone(String id) {
        return replica(id).down();
    }

    private static Seen promoted() {
        return primary("n2").on(SECOND).quorum(1, 1).seen();
    }

    private Topology judge(Seen... nodes) {
        Judgement judgement = judge.judge(List.of(nodes), standing, null, null, TestNode.AT);
        standing = judgement.standing();
        return judgement.topology();
    }
}
