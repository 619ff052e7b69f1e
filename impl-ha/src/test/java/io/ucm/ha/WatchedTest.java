// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What disarms at once, what only when the primary is seen alive after it, and what only in time. */
class WatchedTest {

    private static final String NAMES = "ANY 1 (n1,n2)";
    private static final Receiver STREAMS = new Receiver("streaming", "somewhere", "n1", "n2");
    private static final Standby CONFIRMS = new Standby("n2", "streaming", "quorum", Lsn.START);
    private static final String DOES_NOT_RECEIVE =
            "n2 (n2.example:5432): does not receive, so who streams as n2 is not known";

    private static final String IS_GONE = "n2 (n2.example:5432): is gone";

    private Watched watched = new Watched("main");
    private String names = NAMES;
    private List<Standby> standbys = List.of(CONFIRMS);
    private Receiver receiver = STREAMS;
    private boolean silent;

    @BeforeEach
    void itIsArmed() {
        look(1, 2);
        assertThat(watched.arming().armed()).isTrue();
    }

    /** The last answer of a primary that was killed may be looked at after those of its replicas. */
    @Test
    void anAnswerThatWasOnItsWayWhenAReplicaHadLostItDisarmsNothing() {
        receiver = null;
        look(3, 5);
        look(4, 6);

        assertThat(watched.arming().armed()).isTrue();
    }

    /** Its processes are killed one by one. */
    @Test
    void anAnswerWithoutItsStandbysDisarmsNothing() {
        standbys = List.of();
        look(3, 5);
        assertThat(watched.arming().armed()).isTrue();

        standbys = List.of(new Standby("n2", "stopping", "async", Lsn.START));
        look(4, 6);
        assertThat(watched.arming().armed()).isTrue();
    }

    @Test
    void whoLivesAfterAReplicaHadLostItIsDisarmed() {
        receiver = null;
        look(3, 5);
        look(6, 7);

        assertThat(watched.arming().why()).isEqualTo(DOES_NOT_RECEIVE);
    }

    @Test
    void theSameAnswerLookedAtOnceMoreDisarmsNothing() {
        receiver = null;
        look(4, 5);
        look(4, 7);

        assertThat(watched.arming().armed()).isTrue();
    }

    @Test
    void aReplicaThatIsBackMayBeLostAgain() {
        receiver = null;
        look(3, 5);
        receiver = STREAMS;
        look(6, 7);
        receiver = null;
        look(8, 9);

        assertThat(watched.arming().armed()).isTrue();
    }

    @Test
    void whatWasSeenBeforeItWasLostCounts() {
        standbys = List.of(new Standby("n2", "streaming", "quorum", Lsn.parse("0/2000000")));
        look(3, 4);
        standbys = List.of();
        look(5, 6);

        assertThat(watched.arming().evidence().acknowledged()).isEqualTo(Lsn.parse("0/2000000"));
    }

    /** It was armed by what the primary was asked at 1 ns. */
    @Test
    void aReplicaThatOnlyDoesNotAnswerDisarmsNothingForTenSeconds() {
        silent = true;
        look(Pledge.LASTS_WHEN_SEEN.toNanos(), Pledge.LASTS_WHEN_SEEN.toNanos() + 5);
        assertThat(watched.arming().armed()).isTrue();

        look(Pledge.LASTS_WHEN_SEEN.toNanos() + 1, Pledge.LASTS_WHEN_SEEN.toNanos() + 6);
        assertThat(watched.arming().why()).isEqualTo(IS_GONE);
    }

    /** Whoever confirms it there may be another one than the silent replica, which has less then. */
    @Test
    void whatIsConfirmedBesideASilentReplicaMustBeThereToo() {
        silent = true;
        standbys = List.of(new Standby("n2", "streaming", "quorum", Lsn.parse("0/2000000")));
        look(3, 5);

        assertThat(watched.arming().evidence().acknowledged()).isEqualTo(Lsn.parse("0/2000000"));
        assertThat(watched.lag()).isEqualTo(Duration.ofNanos(2));
    }

    @Test
    void anotherHistoryBesideASilentReplicaIsNotWhatWasProven() {
        silent = true;
        watched.observe(
                TestNode.primary("n1")
                        .on(TestNode.forkedAt("0/1000000"))
                        .after(Duration.ofNanos(3))
                        .telling(facts(standbys, null))
                        .seen(),
                List.of(
                        primary("n1", 3),
                        TestNode.replica("n2")
                                .telling(facts(List.of(), STREAMS))
                                .silent()),
                5);

        assertThat(watched.arming().armed()).isFalse();
    }

    /** The interval between two looks may be longer than what is left counts. */
    @Test
    void whatStandsForOneMoreAnswerIsNoOlderForThat() {
        receiver = null;
        look(3, 5);

        assertThat(watched.arming().armed()).isTrue();
        assertThat(watched.lag()).isZero();
    }

    @Test
    void aReplicaThatAnswersAgainMayBeSilentAsLongOnceMore() {
        look(Pledge.LASTS_WHEN_SEEN.toNanos(), Pledge.LASTS_WHEN_SEEN.toNanos());
        silent = true;
        look(Pledge.LASTS_WHEN_SEEN.toNanos() + 1, Pledge.LASTS_WHEN_SEEN.toNanos() + 6);

        assertThat(watched.arming().armed()).isTrue();
    }

    @Test
    void aReplicaThatDoesNotAnswerAndNoLongerStreamsHasLostIt() {
        silent = true;
        standbys = List.of();
        look(3, 5);
        assertThat(watched.arming().armed()).isTrue();

        look(6, 7);
        assertThat(watched.arming().why()).isEqualTo(IS_GONE);
    }

    /** The primary has said meanwhile that it streams. */
    @Test
    void aReplicaThatHadLostItAndWasSilentThenMayLoseItAgain() {
        receiver = null;
        look(3, 5);
        silent = true;
        look(6, 7);
        standbys = List.of();
        look(8, 9);
        assertThat(watched.arming().armed()).isTrue();

        look(10, 11);
        assertThat(watched.arming().why()).isEqualTo(IS_GONE);
    }

    /** What the next one may begin with is as old as what this one began with. */
    @Test
    void whatAnEarlierWatchLeftIsNotNewForStandingOneMoreAnswer() {
        watched.begin(watched.arming().evidence(), Duration.ofSeconds(4), 2);
        receiver = null;
        look(3, 5);

        assertThat(watched.arming().armed()).isTrue();
        assertThat(watched.lag()).isEqualTo(Duration.ofSeconds(4));
    }

    /** A silent replica takes back nothing, nor does one that has lost a dying primary. */
    @Test
    void onlyWhatCannotGoWithAProofRefutesWhatWasLeft() {
        watched = new Watched("main");
        silent = true;
        look(3, 5);
        assertThat(watched.refuted(TestNode.AT.minusSeconds(1))).isFalse();
        silent = false;
        receiver = null;
        look(6, 7);
        assertThat(watched.refuted(TestNode.AT.minusSeconds(1))).isFalse();

        names = "";
        look(8, 9);
        assertThat(watched.refuted(TestNode.AT.minusSeconds(1))).isTrue();
        assertThat(watched.refuted(TestNode.AT.plusSeconds(1))).isFalse();
    }

    @Test
    void aChangedSettingDisarmsAtOnceBesideASilentReplica() {
        silent = true;
        names = "";
        look(3, 5);

        assertThat(watched.arming().why()).contains("synchronous_standby_names is ''");
    }

    @Test
    void whatAnEarlierWatchLeftCountsForTheRestOfItsTime() {
        Evidence left = watched.arming().evidence();
        Duration age = Duration.ofSeconds(4);
        long rest = Pledge.LASTS_WHEN_SEEN.minus(age).toNanos();
        watched = new Watched("main");
        watched.begin(left, age, 0);
        silent = true;
        look(rest - 1, rest);
        assertThat(watched.arming().evidence()).isEqualTo(left);

        look(rest, rest + 1);
        assertThat(watched.arming().why()).isEqualTo(IS_GONE);
    }

    /** As at its first look, which is taken before the replicas have answered. */
    @Test
    void theSameAnswerProvesItAnewOnceTheReplicaHasAnswered() {
        watched.begin(watched.arming().evidence(), Duration.ofSeconds(4), 0);
        silent = true;
        look(3, 5);
        assertThat(watched.lag()).isEqualTo(Duration.ofSeconds(4).plusNanos(3));

        silent = false;
        look(3, 6);
        assertThat(watched.lag()).isZero();
        assertThat(watched.arming().armed()).isTrue();
    }

    /** It was not this watch that saw it with that answer. */
    @Test
    void whatAnEarlierWatchLeftIsRefutedByTheSameAnswerOnceTheReplicaHasAnswered() {
        Evidence left = watched.arming().evidence();
        watched = new Watched("main");
        watched.begin(left, Duration.ZERO, 0);
        silent = true;
        look(3, 5);
        silent = false;
        names = "";
        look(3, 6);

        assertThat(watched.arming().armed()).isFalse();
    }

    @Test
    void whatAnEarlierWatchLeftIsNothingBesideAChangedSetting() {
        Evidence left = watched.arming().evidence();
        watched = new Watched("main");
        watched.begin(left, Duration.ZERO, 0);
        names = "";
        look(1, 2);

        assertThat(watched.arming().armed()).isFalse();
    }

    @Test
    void aChangedSettingDisarmsAtOnce() {
        names = "";
        look(3, 5);

        assertThat(watched.arming().why()).contains("synchronous_standby_names is ''");
    }

    @Test
    void aSecondOneOfTheSameNameDisarmsAtOnce() {
        standbys = List.of(CONFIRMS, CONFIRMS);
        look(3, 5);

        assertThat(watched.arming().why()).contains("2 stream from it under the name n2");
    }

    @Test
    void whoIsAnotherPrimaryIsDecidedByWhatItSays() {
        Seen two = primary("n2", 3);
        watched.observe(
                two,
                List.of(TestNode.replica("n1").telling(facts(List.of(), null)).seen(), two),
                5);

        assertThat(watched.primary()).isEqualTo("n2");
        assertThat(watched.arming().armed()).isFalse();
    }

    private void look(long asked, long time) {
        Seen one = primary("n1", asked);
        TestNode two = TestNode.replica("n2").telling(facts(List.of(), receiver));
        watched.observe(one, List.of(one, silent ? two.silent() : two.seen()), time);
    }

    private Seen primary(String id, long asked) {
        return TestNode.primary(id)
                .after(Duration.ofNanos(asked))
                .telling(facts(standbys, null))
                .seen();
    }

    private Facts facts(List<Standby> sending, Receiver receiving) {
        return new Facts(names, true, sending, receiving, "", 100, 1000, false);
    }
}
