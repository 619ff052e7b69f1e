// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ucm.spi.NodeAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who becomes the primary, and when nobody does. */
class PlanTest {

    private static final Remembered KNOWN = new Remembered(TestNode.OURS, 1, Lsn.START);
    private static final Evidence EVIDENCE = new Evidence("n1", TestNode.OURS, 1, Lsn.START, Lsn.parse("0/3000000"));
    private static final Order ORDER = new Order("n1", KNOWN, EVIDENCE, null, false);
    private static final Order FORCED = new Order("n1", KNOWN, null, null, true);

    @Test
    void theOneThatHasMostIsChosen() throws Refusal {
        Plan plan = plan(look("n2", "0/3000000"), look("n3", "0/3000001"));

        assertThat(plan.node().id()).isEqualTo("n3");
        assertThat(plan.other().id()).isEqualTo("n2");
        assertThat(plan.promoted()).isFalse();
    }

    @Test
    void theIdDecidesATie() throws Refusal {
        assertThat(plan(look("n2", "0/3000000"), look("n3", "0/3000000")).node().id())
                .isEqualTo("n2");
        assertThat(Plan.of(List.of(look("n3", "0/3000000"), look("n2", "0/3000000")), ORDER)
                        .node()
                        .id())
                .isEqualTo("n2");
    }

    @Test
    void oneReplicaIsEnoughWhereThereIsNoOther() throws Refusal {
        Plan plan = plan(look("n2", "0/3000000"));

        assertThat(plan.node().id()).isEqualTo("n2");
        assertThat(plan.other()).isNull();
    }

    /** It may have been told: another one that is as good would make two. */
    @Test
    void whoIsFollowedAlreadyIsChosenAgain() throws Refusal {
        Plan plan = plan(following("n2", "0/3000000", "n3"), look("n3", "0/3000000"));

        assertThat(plan.node().id()).isEqualTo("n3");
    }

    @Test
    void whoIsFollowedByOneThatIsAheadWasNotToldYet() throws Refusal {
        Plan plan = plan(following("n2", "0/3000001", "n3"), look("n3", "0/3000000"));

        assertThat(plan.node().id()).isEqualTo("n2");
    }

    @Test
    void whoFollowEachOtherAreRefused() {
        assertRefused(
                ORDER, "follow each other", following("n2", "0/3000000", "n3"), following("n3", "0/3000000", "n2"));
    }

    @Test
    void whoIsAboutToBeThePrimaryIsChosen() throws Refusal {
        assertThat(plan(look("n2", "0/3000000"), promoting("n3", "0/3000000"))
                        .node()
                        .id())
                .isEqualTo("n3");
    }

    @Test
    void twoThatAreAboutToBeAreRefused() {
        assertRefused(FORCED, "both about to be primaries", promoting("n2", "0/3000000"), promoting("n3", "0/3000000"));
    }

    @Test
    void whoMayHaveBeenToldIsTheOnlyOne() throws Refusal {
        Order pledged = pledged("n3", false);

        assertThat(Plan.of(List.of(look("n2", "0/3000000"), look("n3", "0/3000000")), pledged)
                        .node()
                        .id())
                .isEqualTo("n3");
        assertRefused(
                pledged, "n2 (n2.example:5432) has more than it", look("n2", "0/3000001"), look("n3", "0/3000000"));
        assertRefused(pledged, "n3 may have been told to be the primary", look("n2", "0/3000000"));
        assertRefused(
                pledged,
                "and n3 (n3.example:5432) may have been told",
                promoting("n2", "0/3000000"),
                look("n3", "0/3000000"));
    }

    @Test
    void notEvenByForceAnotherThanWhoMayHaveBeenTold() {
        assertRefused(pledged("n3", true), "n3 may have been told to be the primary", look("n2", "0/3000000"));
    }

    @Test
    void whatWasConfirmedMustBeThere() {
        assertRefused(
                ORDER, "commits up to 0/3000000 were confirmed", look("n2", "0/2FFFFFF"), look("n3", "0/2000000"));
    }

    @Test
    void whoStillReceivesIsRefused() {
        Look receiving = new Look(
                address("n2"),
                true,
                false,
                identity(History.first()),
                Lsn.parse("0/3000000"),
                Lsn.parse("0/3000000"),
                new Receiver("streaming", "n1.example:5432", "n1", "n2"),
                "n1",
                List.of());

        assertRefused(
                ORDER, "n2 (n2.example:5432) still receives from n1.example:5432", receiving, look("n3", "0/3000000"));
    }

    @Test
    void whoReceivesFromTheOtherReplicaIsNoReason() throws Refusal {
        Look receiving = new Look(
                address("n3"),
                true,
                false,
                identity(History.first()),
                Lsn.parse("0/3000000"),
                Lsn.parse("0/3000000"),
                new Receiver("streaming", "n2.example:5432", "n2", "n3"),
                "n2",
                List.of());

        assertThat(plan(look("n2", "0/3000000"), receiving).node().id()).isEqualTo("n2");
    }

    @Test
    void withoutEvidenceOnlyByForce() throws Refusal {
        Order unarmed = new Order("n1", KNOWN, null, null, false);

        assertRefused(unarmed, "was not seen alive", look("n2", "0/3000000"), look("n3", "0/3000000"));
        assertThat(Plan.of(List.of(look("n2", "0/1000000")), FORCED).node().id())
                .isEqualTo("n2");
    }

    @Test
    void divergedHistoriesAreRefusedAlsoByForce() {
        Look left = on("n2", TestNode.forkedAt("0/2000000"), "0/3000000");
        Look right = on("n3", TestNode.forkedAt("0/2000001"), "0/3000000");
        Look beyond = on("n3", History.first(), "0/2000001");

        Order later = new Order("n1", new Remembered(TestNode.OURS, 2, Lsn.parse("0/2000000")), null, null, true);
        assertRefused(later, "differ", left, right);
        assertRefused(later, "differ", left, beyond);
    }

    @Test
    void aReplicaThatIsFurtherBackOnTheSameHistoryFollows() throws Refusal {
        Look ahead = on("n3", TestNode.forkedAt("0/2000000"), "0/2000100");
        Look behind = on("n2", History.first(), "0/2000000");
        Order later = new Order("n1", new Remembered(TestNode.OURS, 2, Lsn.parse("0/2000000")), null, null, true);

        assertThat(Plan.of(List.of(behind, ahead), later).node().id()).isEqualTo("n3");
    }

    @Test
    void whoHasNotTheHistoryThatWasWrittenToIsRefusedAlsoByForce() {
        Order later = new Order("n1", new Remembered(TestNode.OURS, 2, Lsn.parse("0/2000000")), null, null, true);

        assertRefused(later, "the lost primary was on timeline 2", on("n2", History.first(), "0/2000000"));
    }

    @Test
    void whoIsOnALaterTimelineFollowedAnotherPrimary() {
        assertRefused(ORDER, "is on timeline 2", on("n2", TestNode.forkedAt("0/3000000"), "0/3000000"));
    }

    @Test
    void aForeignServerIsRefusedAlsoByForce() {
        Look foreign = new Look(
                address("n2"),
                true,
                false,
                new Identity(TestNode.FOREIGN, History.first()),
                Lsn.parse("0/3000000"),
                Lsn.parse("0/3000000"),
                null,
                null,
                List.of());

        assertRefused(FORCED, "belongs to another cluster", foreign);
    }

    @Test
    void whoIsPromotedAlreadyIsFollowed() throws Refusal {
        Plan plan = plan(look("n2", "0/3000000"), primary("n3", "0/3000000", "0/3000100"));

        assertThat(plan.promoted()).isTrue();
        assertThat(plan.node().id()).isEqualTo("n3");
        assertThat(plan.other().id()).isEqualTo("n2");
    }

    @Test
    void whoHasMoreThanTheForkDoesNotFollowWhoIsPromoted() {
        assertRefused(ORDER, "differ", look("n2", "0/3000001"), primary("n3", "0/3000000", "0/3000100"));
    }

    /** A commit is confirmed by a whole record only. */
    @Test
    void whoHasMoreThanTheForkOfARecordThatIsOnlyBegunFollowsWhoIsPromoted() throws Refusal {
        Look primary = primary("n3", "0/2FFFF00", "0/2FFFFF0");

        assertThat(plan(begun("n2", "0/2FFFF00", null), primary).other().id()).isEqualTo("n2");
        assertThat(plan(begun("n2", "0/2FFFF00", "n3"), primary).other().id()).isEqualTo("n2");
    }

    /** It has another whole record than the new primary, or may get the end of its own. */
    @Test
    void whoMayHaveAnotherWholeRecordDoesNotFollowWhoIsPromoted() {
        Look primary = primary("n3", "0/2FFFF00", "0/2FFFFF0");

        assertRefused(ORDER, "differ", begun("n2", "0/2FFFF01", null), primary);
        assertRefused(ORDER, "differ", begun("n2", "0/2FFFE00", null), primary);
        assertRefused(ORDER, "differ", begun("n2", "0/2FFFF00", "n1"), primary);
    }

    @Test
    void aPrimaryOfTheSameTimelineIsNeverReplaced() {
        Look primary = new Look(
                address("n3"),
                false,
                false,
                identity(History.first()),
                Lsn.parse("0/3000000"),
                Lsn.parse("0/3000000"),
                null,
                null,
                List.of());

        assertRefused(FORCED, "n3 (n3.example:5432) is a primary on timeline 1", look("n2", "0/3000000"), primary);
    }

    @Test
    void twoPrimariesAreRefused() {
        assertRefused(
                FORCED,
                "are both primaries",
                primary("n2", "0/3000000", "0/3000100"),
                primary("n3", "0/3000000", "0/3000100"));
    }

    private static Plan plan(Look... looks) throws Refusal {
        return Plan.of(List.of(looks), ORDER);
    }

    private static void assertRefused(Order order, String why, Look... looks) {
        assertThatThrownBy(() -> Plan.of(List.of(looks), order))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }

    private static Order pledged(String node, boolean forced) {
        return new Order("n1", KNOWN, EVIDENCE, Pledge.begun(EVIDENCE, node, TestNode.AT), forced);
    }

    private static Look look(String id, String position) {
        return on(id, History.first(), position);
    }

    private static Look following(String id, String position, String node) {
        return new Look(
                address(id),
                true,
                false,
                identity(History.first()),
                Lsn.parse(position),
                Lsn.parse(position),
                null,
                node,
                List.of());
    }

    /** The last record that it has lacks its end. */
    private static Look begun(String id, String whole, String sender) {
        return new Look(
                address(id),
                true,
                false,
                identity(History.first()),
                Lsn.parse("0/3000000"),
                Lsn.parse(whole),
                sender == null ? null : new Receiver("streaming", sender + ".example:5432", sender, id),
                "n1",
                List.of());
    }

    private static Look promoting(String id, String position) {
        return new Look(
                address(id),
                true,
                true,
                identity(History.first()),
                Lsn.parse(position),
                Lsn.parse(position),
                null,
                "n1",
                List.of());
    }

    private static Look on(String id, History history, String position) {
        return new Look(
                address(id),
                true,
                false,
                identity(history),
                Lsn.parse(position),
                Lsn.parse(position),
                null,
                "n1",
                List.of());
    }

    private static Look primary(String id, String fork, String position) {
        return new Look(
                address(id),
                false,
                false,
                identity(TestNode.forkedAt(fork)),
                Lsn.parse(position),
                Lsn.parse(position),
                null,
                "n1",
                List.of());
    }

    private static Identity identity(History history) {
        return new Identity(TestNode.OURS, history);
    }

    private static NodeAddress address(String id) {
        return new NodeAddress(id, id + ".example", 5432);
    }
}
