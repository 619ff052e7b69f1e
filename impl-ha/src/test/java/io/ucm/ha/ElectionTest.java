// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static io.ucm.ha.TestNode.FOREIGN;
import static io.ucm.ha.TestNode.OURS;
import static io.ucm.ha.TestNode.forkedAt;
import static io.ucm.ha.TestNode.primary;
import static io.ucm.ha.TestNode.replica;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom writes may go to. */
class ElectionTest {

    private static final String FORK = "0/3000148";
    private static final History SECOND = forkedAt(FORK);
    private static final History OTHER_SECOND = forkedAt("0/3000500");
    private static final History THIRD = History.parse(3, "1\t0/3000148\tx\n2\t0/4000000\tx\n");
    private static final Remembered ON_FIRST = new Remembered(OURS, 1, Lsn.START);
    private static final Remembered ON_SECOND = new Remembered(OURS, 2, Lsn.parse(FORK));

    @Test
    void acceptsThePrimary() {
        Election election = hold(ON_FIRST, primary("n1").seen(), replica("n2").seen());

        assertAccepted(election, "n1");
        assertThat(election.remembered()).isEqualTo(ON_FIRST);
        assertThat(election.refusals()).isEmpty();
    }

    @Test
    void acceptsAPromotedNodeAndRemembersItsHistory() {
        Election election =
                hold(ON_FIRST, primary("n1").down(), primary("n2").on(SECOND).seen());

        assertAccepted(election, "n2");
        assertThat(election.remembered()).isEqualTo(ON_SECOND);
    }

    @Test
    void acceptsANodeThatWasPromotedAfterOthersThatNobodySaw() {
        Election election = hold(ON_FIRST, primary("n2").on(THIRD).seen());

        assertAccepted(election, "n2");
        assertThat(election.remembered()).isEqualTo(new Remembered(OURS, 3, Lsn.parse("0/4000000")));
    }

    @Test
    void refusesAForeignPrimary() {
        Election election = hold(ON_FIRST, primary("n1").of(FOREIGN).seen());

        assertRefused(election, "n1", "belongs to another cluster: its system identifier is 9009, and not 7001");
    }

    @Test
    void refusesAnOlderTimeline() {
        Election election = hold(ON_SECOND, primary("n1").seen(), replica("n2").down());

        assertRefused(election, "n1", "timeline 1, which ended: there was one on timeline 2");
    }

    @Test
    void refusesAnotherHistoryOfTheSameTimelineNumber() {
        Election election = hold(ON_SECOND, primary("n3").on(OTHER_SECOND).seen());

        assertRefused(election, "n3", "another history: timeline 2 that was written to began at 0/3000148");
    }

    @Test
    void refusesANewerTimelineThatDoesNotGoOnFromTheRemembered() {
        Remembered other = new Remembered(OURS, 2, Lsn.parse("0/3000500"));

        assertRefused(hold(other, primary("n2").on(THIRD).seen()), "n2", "another history");
    }

    @Test
    void refusesWithoutTheRequiredStandbys() {
        Election election = hold(
                ON_FIRST,
                primary("n2").on(SECOND).quorum(2, 1).seen(),
                replica("n3").seen());

        assertRefused(election, "n2", "waits for 2 of its standbys, and 1 stream");
        assertThat(election.remembered()).isEqualTo(ON_FIRST);
    }

    @Test
    void refusesAPrimaryThatLostItsStandbys() {
        Seen alone = primary("n1").quorum(1, 0).seen();

        assertRefused(Election.hold(List.of(alone), ON_FIRST, "n1", "n1"), "n1", "waits for 1 of its standbys");
    }

    /** Somebody else's switchover has begun, or was cut short. */
    @Test
    void refusesAPrimaryWhoseTransactionsAreReadOnly() {
        Election election =
                hold(ON_FIRST, primary("n1").readOnly().seen(), replica("n2").seen());

        assertRefused(election, "n1", "is a primary whose transactions are read-only, as in a switchover");
        assertRefused(election, "n1", "ALTER SYSTEM RESET default_transaction_read_only");
    }

    @Test
    void aReplicaMayBeReadOnly() {
        assertAccepted(
                hold(ON_FIRST, primary("n1").seen(), replica("n2").readOnly().seen()), "n1");
    }

    @Test
    void underAHoldNobodyButTheTargetIsThePrimary() {
        Hold hold = new Hold("n1", "n2", true);

        Election parked =
                hold(ON_FIRST, primary("n1").seen(), replica("n2").seen()).under(hold, ON_FIRST);
        assertThat(parked.primary()).isNull();
        assertThat(parked.why()).isEqualTo("switchover to n2 is under way");
        assertThat(parked.refusals()).containsExactly(Map.entry("n1", "hands over to n2"));
        assertThat(parked.remembered()).isEqualTo(ON_FIRST);

        Election third = hold(ON_FIRST, primary("n3").on(SECOND).seen()).under(hold, ON_FIRST);
        assertThat(third.primary()).isNull();
        assertThat(third.remembered())
                .as("what was not accepted is not remembered")
                .isEqualTo(ON_FIRST);

        Election over = hold(
                        ON_FIRST, primary("n1").down(), primary("n2").on(SECOND).seen())
                .under(hold, ON_FIRST);
        assertAccepted(over, "n2");
        assertThat(over.remembered()).isEqualTo(ON_SECOND);
    }

    @Test
    void aHoldDoesNotHideTwins() {
        Election election = hold(
                        ON_FIRST,
                        primary("n1").on(SECOND).seen(),
                        primary("n2").on(OTHER_SECOND).seen())
                .under(new Hold("n1", "n2", true), ON_FIRST);
        assertTwins(election);
    }

    @Test
    void acceptsAnAsynchronousPrimary() {
        assertAccepted(hold(ON_FIRST, primary("n1").asynchronous().seen()), "n1");
    }

    @Test
    void refusesAnAsynchronousPrimaryWhenAReplicaReplaysANewerTimeline() {
        Election election = hold(
                ON_FIRST,
                primary("n1").asynchronous().seen(),
                replica("n3").on(SECOND).seen());

        assertRefused(election, "n1", "n3 (n3.example:5432) replays timeline 2: there is a newer primary");
    }

    @Test
    void aPrimaryWithItsStandbysIsNotRefusedForAStrayReplica() {
        assertAccepted(
                hold(ON_FIRST, primary("n1").seen(), replica("n3").on(SECOND).seen()), "n1");
    }

    @Test
    void refusesWhomNobodyMayIdentify() {
        Election election =
                hold(ON_FIRST, primary("n1").unidentified("needs REPLICATION").seen());

        assertRefused(election, "n1", "needs REPLICATION");
    }

    @Test
    void refusesWhenTheStandbysAreHidden() {
        assertRefused(hold(ON_FIRST, primary("n1").quorumHidden().seen()), "n1", "must be in pg_monitor");
    }

    @Test
    void aDemotedPrimaryIsNoneAtOnce() {
        Election election =
                Election.hold(List.of(replica("n1").seen(), replica("n2").seen()), ON_FIRST, "n1", "n1");

        assertThat(election.primary()).isNull();
        assertThat(election.why()).isEqualTo("n1 (n1.example:5432): is a replica; n2 (n2.example:5432): is a replica");
    }

    @Test
    void aSuspectStaysThePrimary() {
        assertAccepted(Election.hold(List.of(primary("n1").suspect()), ON_FIRST, "n1", "n1"), "n1");
    }

    @Test
    void aSuspectDoesNotBecomeThePrimary() {
        assertThat(Election.hold(List.of(primary("n1").suspect()), ON_FIRST, null, "n1")
                        .primary())
                .isNull();
    }

    @Test
    void aDeadPrimaryIsNone() {
        Election election =
                Election.hold(List.of(primary("n1").down(), replica("n2").seen()), ON_FIRST, "n1", "n1");

        assertThat(election.primary()).isNull();
        assertThat(election.why()).isEqualTo("n1 (n1.example:5432): is gone; n2 (n2.example:5432): is a replica");
    }

    @Test
    void aRevivedOldPrimaryGivesWayToTheNewOne() {
        Election election = hold(
                ON_FIRST,
                primary("n1").asynchronous().seen(),
                primary("n2").on(SECOND).asynchronous().seen());

        assertAccepted(election, "n2");
        assertThat(election.refusals().get("n1")).contains("n2 (n2.example:5432) is the primary on timeline 2");
    }

    @Test
    void anOldPrimaryWithItsStandbysGoesOnWhileThePromotedNodeHasNone() {
        Election election = hold(
                ON_FIRST,
                primary("n1").seen(),
                primary("n2").on(SECOND).quorum(1, 0).seen());

        assertAccepted(election, "n1");
        assertThat(election.remembered()).isEqualTo(ON_FIRST);
    }

    @Test
    void ofTwinsTheOneWithTheQuorum() {
        Election election = hold(
                ON_FIRST,
                primary("n2").on(SECOND).seen(),
                primary("n3").on(OTHER_SECOND).asynchronous().seen());

        assertAccepted(election, "n2");
        assertThat(election.refusals().get("n3")).contains("n2 (n2.example:5432) has its standbys");
    }

    @Test
    void ofTwinsThatBothHaveAQuorumNobody() {
        Election election = hold(ON_FIRST, primary("n1").seen(), primary("n2").seen());

        assertTwins(election);
        assertThat(election.why())
                .contains("n1 (n1.example:5432) on timeline 1 and n2 (n2.example:5432) on timeline 1 all take writes");
    }

    @Test
    void ofTwinsWithoutAQuorumNobody() {
        assertTwins(hold(
                ON_FIRST,
                primary("n2").on(SECOND).asynchronous().seen(),
                primary("n3").on(OTHER_SECOND).asynchronous().seen()));
    }

    @Test
    void divergedPrimariesOnDifferentTimelinesAreTwins() {
        assertTwins(hold(
                ON_FIRST,
                primary("n2").on(THIRD).asynchronous().seen(),
                primary("n3").on(OTHER_SECOND).asynchronous().seen()));
    }

    @Test
    void atFirstTheConfiguredPrimarySaysWhoseClusterItIs() {
        Election election = hold(
                null,
                primary("n1").seen(),
                replica("n2").of(FOREIGN).seen(),
                replica("n3").of(FOREIGN).seen());

        assertAccepted(election, "n1");
        assertThat(election.remembered()).isEqualTo(ON_FIRST);
    }

    @Test
    void atFirstTheConfiguredPrimaryNeedNotWaitForOthers() {
        assertAccepted(hold(null, primary("n1").seen(), replica("n2").neverAsked()), "n1");
    }

    @Test
    void atFirstMostNodesSayWhoseClusterItIsWhenTheConfiguredPrimaryIsSilent() {
        Election election = hold(
                null,
                replica("n1").neverAnswered(),
                primary("n2").of(FOREIGN).seen(),
                primary("n3").on(SECOND).seen(),
                replica("n4").on(SECOND).seen());

        assertAccepted(election, "n3");
        assertThat(election.refusals().get("n2")).contains("belongs to another cluster");
    }

    @Test
    void atFirstEveryNodeIsAskedBeforeTheMostCount() {
        Election election = hold(null, replica("n1").neverAsked(), primary("n2").seen());

        assertThat(election.primary()).isNull();
        assertThat(election.remembered()).isNull();
        assertThat(election.why())
                .contains("n1 (n1.example:5432): not asked yet")
                .contains("the other nodes have not been asked yet");
    }

    @Test
    void atFirstATieDecidesNothing() {
        Election election = hold(
                null,
                replica("n1").neverAnswered(),
                primary("n2").of(FOREIGN).seen(),
                primary("n3").seen());

        assertThat(election.primary()).isNull();
        assertThat(election.remembered()).isNull();
        assertThat(election.why())
                .contains("do not agree whose cluster this is")
                .contains("set primary of");
    }

    @Test
    void atFirstReplicasAloneSayWhoseClusterItIs() {
        Election election =
                hold(null, replica("n1").neverAnswered(), replica("n2").seen());
        assertThat(election.remembered()).isEqualTo(Remembered.identity(OURS));

        Election later = hold(
                election.remembered(),
                primary("n1").of(FOREIGN).seen(),
                replica("n2").seen());
        assertRefused(later, "n1", "belongs to another cluster");
    }

    /** As its standbys stream until wal_sender_timeout. */
    @Test
    void aPrimaryWhoseCommitsHangIsNoneWhileAllOthersAreDown() {
        Seen stuck =
                primary("n1").quorum(1, 2).unconfirmed(Duration.ofMillis(500)).seen();
        Seen silent = replica("n2").silent();
        String why = "waits for 1 of its standbys: 2 stream, but confirm nothing, and no other node answers";
        assertRefused(hold(ON_FIRST, stuck, silent, replica("n3").silent()), "n1", why);
        assertRefused(hold(ON_FIRST, stuck, silent, replica("n3").down()), "n1", why);

        assertAccepted(hold(ON_FIRST, stuck, silent, replica("n3").seen()), "n1");
        assertAccepted(hold(ON_FIRST, stuck, silent, replica("n3").suspect()), "n1");
        assertAccepted(hold(ON_FIRST, stuck), "n1");
        Seen slow =
                primary("n1").quorum(1, 2).unconfirmed(Duration.ofMillis(499)).seen();
        assertAccepted(hold(ON_FIRST, slow, silent, replica("n3").silent()), "n1");
    }

    /** Patroni empties the names before it promotes, and names a standby when one streams. */
    @Test
    void acceptsThePrimaryInEachPhaseOfAFailoverOfPatroni() {
        Seen gone = primary("n1").quorum(1, 1).down();
        Seen waiting = replica("n3").seen();
        assertThat(hold(ON_FIRST, gone, replica("n2").seen(), waiting).primary())
                .isNull();

        Election promoted =
                hold(ON_FIRST, gone, primary("n2").on(SECOND).asynchronous().seen(), waiting);
        assertAccepted(promoted, "n2");

        Seen zombie = primary("n1").quorum(1, 0).seen();
        assertAccepted(
                hold(ON_FIRST, zombie, primary("n2").on(SECOND).asynchronous().seen(), waiting), "n2");
        assertRefused(hold(ON_FIRST, zombie, replica("n2").seen(), waiting), "n1", "waits for 1 of its standbys");

        Seen named = primary("n2").on(SECOND).quorum(1, 1).seen();
        assertAccepted(
                hold(
                        promoted.remembered(),
                        zombie,
                        named,
                        replica("n3").on(SECOND).seen()),
                "n2");
    }

    /** In its strict mode it names any standby before it promotes. */
    @Test
    void acceptsTheNewPrimaryOfPatronisStrictModeWhenAStandbyStreams() {
        Seen gone = primary("n1").down();

        assertRefused(
                hold(
                        ON_FIRST,
                        gone,
                        primary("n2").on(SECOND).quorum(1, 0).seen(),
                        replica("n3").seen()),
                "n2",
                "waits for 1 of its standbys");
        assertAccepted(
                hold(
                        ON_FIRST,
                        gone,
                        primary("n2").on(SECOND).quorum(1, 1).seen(),
                        replica("n3").on(SECOND).seen()),
                "n2");
    }

    private static Election hold(Remembered remembered, Seen... nodes) {
        return Election.hold(List.of(nodes), remembered, null, "n1");
    }

    private static void assertAccepted(Election election, String id) {
        assertThat(election.why()).isNull();
        assertThat(election.primary()).isNotNull();
        assertThat(election.primary().id()).isEqualTo(id);
        assertThat(election.twins()).isFalse();
    }

    private static void assertRefused(Election election, String id, String reason) {
        assertThat(election.primary()).isNull();
        assertThat(election.twins()).isFalse();
        assertThat(election.refusals().get(id)).contains(reason);
        assertThat(election.why()).contains(id + " (" + id + ".example:5432): ").contains(reason);
    }

    private static void assertTwins(Election election) {
        assertThat(election.primary()).isNull();
        assertThat(election.twins()).isTrue();
        assertThat(election.remembered()).isEqualTo(ON_FIRST);
    }
}
