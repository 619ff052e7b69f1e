// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static io.ucm.ha.TestNode.primary;
import static io.ucm.ha.TestNode.replica;
import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.spi.Promotion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one look at a live primary must show. */
class ArmingTest {

    private static final String NAMES = "ANY 1 (n1,n2,n3)";

    private static final String IS_GONE = "n2 (n2.example:5432): is gone";

    private String names = NAMES;
    private String replicasNames = NAMES;
    private boolean fsync = true;
    private boolean replicasFsync = true;
    private List<Standby> standbys = List.of(standby("n2", "0/3000000"), standby("n3", "0/3000100"));
    private Receiver receiver = from("n1", "n2");
    private String thirdsNames = NAMES;
    private Receiver thirds = from("n1", "n3");
    private String missing = "";
    private boolean uri;
    private boolean silent;
    private TestNode two = replica("n2");

    @Test
    void isArmedWhereEverythingIsProven() {
        assertThat(arming().promotion()).isEqualTo(Promotion.ARMED);
        assertThat(arming().evidence())
                .isEqualTo(new Evidence("n1", TestNode.OURS, 1, Lsn.START, Lsn.parse("0/3000100")));
    }

    @Test
    void oneReplicaIsEnough() {
        names = "ANY 1 (n1, n2)";
        replicasNames = names;
        standbys = List.of(standby("n2", "0/3000000"));

        assertThat(Arming.of(one(), List.of(one(), second())).armed()).isTrue();
    }

    @Test
    void thePrimaryAloneIsNot() {
        assertThat(Arming.of(one(), List.of(one())).why()).isEqualTo("there is no replica");
    }

    @Test
    void moreThanTwoReplicasAreForSomebodyElse() {
        List<Seen> nodes =
                new ArrayList<>(List.of(one(), second(), third(), replica("n4").seen()));

        assertThat(Arming.of(nodes.get(0), nodes).why()).contains("there are 4 nodes: use FOLLOW");
    }

    @Test
    void aChangedSettingDisarms() {
        for (String changed : List.of(
                "",
                "*",
                "ANY 2 (n1,n2,n3)",
                "FIRST 1 (n1,n2,n3)",
                "ANY 1 (n1,n2)",
                "ANY 1 (*)",
                "ANY 1 (n1,n2,n3,n4)",
                "n1,n2,n3")) {
            names = changed;
            assertWhy("n1 (n1.example:5432): synchronous_standby_names is '" + changed
                    + "', and must be 'ANY 1 (n1,n2,n3)' on all nodes");
        }
    }

    @Test
    void theSettingCountsOnReplicasToo() {
        replicasNames = "";

        assertWhy("n2 (n2.example:5432): synchronous_standby_names is ''");
    }

    @Test
    void theSettingMayBeWrittenOtherwise() {
        names = "any 1 ( N3, \"n2\" ,n1 )";

        assertThat(arming().armed()).isTrue();
    }

    @Test
    void fsyncMustBeOn() {
        fsync = false;
        assertWhy("n1 (n1.example:5432): fsync is off");
        fsync = true;
        replicasFsync = false;
        assertWhy("n2 (n2.example:5432): fsync is off");
    }

    @Test
    void eachReplicaMustStreamOnce() {
        standbys = List.of(standby("n2", "0/3000000"));
        assertWhy("n1 (n1.example:5432): none stream from it under the name n3");
        standbys = List.of(standby("n2", "0/0"), standby("N2", "0/0"), standby("n3", "0/0"));
        assertWhy("n1 (n1.example:5432): 2 stream from it under the name n2");
    }

    @Test
    void commitsMustWaitForIt() {
        standbys = List.of(new Standby("n2", "catchup", "quorum", Lsn.START), standby("n3", "0/0"));
        assertWhy("n2 streams, but commits do not wait for it");
        standbys = List.of(new Standby("n2", "streaming", "async", Lsn.START), standby("n3", "0/0"));
        assertWhy("n2 streams, but commits do not wait for it");
    }

    @Test
    void nobodyMayStreamUnderThePrimarysOwnName() {
        standbys = List.of(standby("n1", "0/0"), standby("n2", "0/0"), standby("n3", "0/0"));

        assertWhy("somebody streams from it under its own name");
    }

    /** Names are not identities. */
    @Test
    void theNodeItselfMustSayThatItStreamsFromThePrimary() {
        receiver = null;
        assertWhy("n2 (n2.example:5432): does not receive");
        receiver = from("n3", "n2");
        assertWhy("n2 (n2.example:5432): receives from n3 (somewhere), and not from n1");
        receiver = from(null, "n2");
        assertWhy("n2 (n2.example:5432): receives from somewhere, and not from n1");
        receiver = from("n1", "walreceiver");
        assertWhy("n2 (n2.example:5432): streams as 'walreceiver'");
        receiver = new Receiver("waiting", "somewhere", "n1", "n2");
        assertWhy("n2 (n2.example:5432): does not receive");
    }

    @Test
    void anotherHistoryIsNoReplica() {
        two = replica("n2").on(TestNode.forkedAt("0/1000000"));
        assertWhy("n2 (n2.example:5432): is not on the primary's timeline 1");
        two = replica("n2").of(TestNode.FOREIGN);
        assertWhy("n2 (n2.example:5432): is not on the primary's timeline 1");
    }

    @Test
    void aReplicaThatIsAwayDisarms() {
        assertThat(withoutTwo()).isEqualTo(new Arming(null, IS_GONE, Arming.Doubt.PARTED));
    }

    /** What the primary says is told all the same. */
    @Test
    void aReplicaThatIsSilentDoesNotProveWhatThePrimarySays() {
        silent = true;

        assertThat(withoutTwo()).isEqualTo(new Arming(arming().evidence(), IS_GONE, Arming.Doubt.UNANSWERED));
        assertThat(withoutTwo().promotion()).isEqualTo(Promotion.disarmed(IS_GONE));
    }

    @Test
    void aReplicaThatIsSilentAndDoesNotStreamHasLostThePrimary() {
        silent = true;
        standbys = List.of(standby("n3", "0/0"));
        assertThat(withoutTwo()).isEqualTo(new Arming(null, IS_GONE, Arming.Doubt.PARTED));
        standbys = List.of(standby("n3", "0/0"), new Standby("n2", "catchup", "quorum", Lsn.START));
        assertThat(withoutTwo()).isEqualTo(new Arming(null, IS_GONE, Arming.Doubt.PARTED));
    }

    /** Whoever answers tells enough against it. */
    @Test
    void besideAReplicaThatIsSilentAllElseMustBeSo() {
        silent = true;
        names = "";
        assertRefuted("n1 (n1.example:5432): synchronous_standby_names is ''");
        names = NAMES;
        thirdsNames = "";
        assertRefuted("n3 (n3.example:5432): synchronous_standby_names is ''");
        thirdsNames = NAMES;
        standbys = List.of(standby("n1", "0/0"), standby("n2", "0/0"), standby("n3", "0/0"));
        assertRefuted("somebody streams from it under its own name");
        standbys = List.of(standby("n2", "0/0"), standby("n2", "0/0"), standby("n3", "0/0"));
        assertRefuted("2 stream from it under the name n2");
        standbys = List.of(standby("n2", "0/0"), standby("n3", "0/0"));
        thirds = null;
        assertThat(withoutTwo().doubt()).isEqualTo(Arming.Doubt.PARTED);
        assertThat(withoutTwo().why()).contains("n3 (n3.example:5432): does not receive");
    }

    private void assertRefuted(String why) {
        assertThat(withoutTwo().why()).contains(why);
        assertThat(withoutTwo().doubt()).isEqualTo(Arming.Doubt.REFUTED);
    }

    private Arming withoutTwo() {
        TestNode away = two.telling(facts(replicasNames, replicasFsync, List.of(), receiver));
        return Arming.of(one(), List.of(one(), silent ? away.silent() : away.down(), third()));
    }

    @Test
    void theRoleMustHaveItsRights() {
        missing = "EXECUTE on pg_promote";

        assertWhy("n1 (n1.example:5432): the role that asks lacks EXECUTE on pg_promote");
    }

    @Test
    void aConninfoThatCannotBeChangedDisarms() {
        uri = true;

        assertWhy("primary_conninfo is a URI");
    }

    private void assertWhy(String why) {
        assertThat(arming().armed()).isFalse();
        assertThat(arming().why()).contains(why);
        assertThat(arming().promotion()).isEqualTo(Promotion.disarmed(arming().why()));
    }

    private Arming arming() {
        Seen one = one();
        return Arming.of(one, List.of(one, second(), third()));
    }

    private Seen one() {
        return primary("n1").telling(facts(names, fsync, standbys, null)).seen();
    }

    private Seen second() {
        return two.telling(facts(replicasNames, replicasFsync, List.of(), receiver))
                .seen();
    }

    private Seen third() {
        return replica("n3")
                .telling(facts(thirdsNames, true, List.of(), thirds))
                .seen();
    }

    private Facts facts(String setting, boolean synced, List<Standby> sending, Receiver receiving) {
        return new Facts(setting, synced, sending, receiving, missing, 100, 1000, uri);
    }

    private static Standby standby(String name, String flushed) {
        return new Standby(name, "streaming", "quorum", Lsn.parse(flushed));
    }

    private static Receiver from(String node, String name) {
        return new Receiver("streaming", "somewhere", node, name);
    }
}
