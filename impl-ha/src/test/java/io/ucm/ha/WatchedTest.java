// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What disarms at once, and what only when the primary is seen alive after it. */
class WatchedTest {

    private static final String NAMES = "ANY 1 (n1,n2)";
    private static final Receiver STREAMS = new Receiver("streaming", "somewhere", "n1", "n2");
    private static final Standby CONFIRMS = new Standby("n2", "streaming", "quorum", Lsn.START);
    private static final String DOES_NOT_RECEIVE =
            "n2 (n2.example:5432): does not receive, so who streams as n2 is not known";

    private final Watched watched = new Watched("main");
    private String names = NAMES;
    private List<Standby> standbys = List.of(CONFIRMS);
    private Receiver receiver = STREAMS;

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
        Seen two = TestNode.replica("n2").telling(facts(List.of(), receiver)).seen();
        watched.observe(one, List.of(one, two), time);
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
