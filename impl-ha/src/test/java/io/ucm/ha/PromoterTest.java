// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ucm.api.NodeState;
import io.ucm.spi.Promotion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a lost primary is replaced, and what is done to which node, with servers that follow each other. */
class PromoterTest {

    private static final HaSettings FAST = new HaSettings(
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            0x1000000,
            1000,
            Duration.ofSeconds(2));
    private static final Evidence EVIDENCE = new Evidence("n1", TestNode.OURS, 1, Lsn.START, Lsn.parse("0/3000000"));
    private static final String LOCK = ReplicaSession.locking(Duration.ofSeconds(3));
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    Path folder;

    private final FakeCluster cluster = new FakeCluster("promoted" + NUMBER.incrementAndGet()).promoting();
    private final Snapshots snapshots = new Snapshots();
    private final List<ClusterWatch> watches = new ArrayList<>();

    @AfterEach
    void nothingIsOpen() {
        watches.forEach(ClusterWatch::close);
        assertThat(cluster.servers()).allMatch(server -> server.open() == 0);
    }

    @Test
    void aLostPrimaryIsReplaced() {
        watch();
        awaitArmed();
        cluster.n1.kill();

        awaitPrimary("n2");
        assertThat(snapshots.last().epoch().timeline()).isEqualTo(2);
        assertThat(Conninfo.parse(cluster.n3.conninfo()).host()).isEqualTo("n2.example");
        assertThat(cluster.n3.conninfo()).contains("user='rep' password='secret' application_name='n3'");
        assertThat(cluster.n3.asked()).doesNotContain(ReplicaSession.PROMOTE);
    }

    /** Looked at with fakes that keep their order: nothing is changed before its lock is held, nobody told before the other follows. */
    @Test
    void theLocksComeFirst() {
        watch();
        awaitArmed();
        cluster.n1.kill();
        awaitPrimary("n2");

        assertThat(cluster.n2.asked()).containsSubsequence(LOCK, ReplicaSession.LOOK, ReplicaSession.PROMOTE);
        assertThat(cluster.n3.asked()).containsSubsequence(LOCK, ReplicaSession.LOOK, ReplicaSession.RELOAD);
    }

    @Test
    void theReplicaThatHasMoreIsPromoted() {
        watch();
        awaitArmed();
        cluster.n1.write("0/3000100");
        cluster.n3.write("0/3000100");
        cluster.n1.kill();

        awaitPrimary("n3");
        assertThat(Conninfo.parse(cluster.n2.conninfo()).host()).isEqualTo("n3.example");
    }

    /** To connect takes longer than an answer may. */
    @Test
    void onALongWayOneIsPromoted() {
        Duration timeout = Duration.ofMillis(400);
        watch(new HaSettings(FAST.interval(), FAST.urgentInterval(), timeout, 0x1000000, 1000, Duration.ofSeconds(2)));
        awaitArmed();
        cluster.n2.connectTakes(timeout.multipliedBy(3).dividedBy(2));
        cluster.n3.connectTakes(timeout.multipliedBy(3).dividedBy(2));
        cluster.n1.kill();

        awaitPrimary("n2");
    }

    /** As from a primary that went on for a moment after the choice. */
    @Test
    void whoGotMoreMeanwhileIsPromotedInstead() {
        watch();
        awaitArmed();
        cluster.n3.deafen(true);
        cluster.n1.kill();
        await().until(() -> Conninfo.parse(cluster.n3.conninfo()).host().equals("n2.example"));
        cluster.n3.write("0/3000100");

        awaitPrimary("n3");
        assertThat(Conninfo.parse(cluster.n2.conninfo()).host()).isEqualTo("n3.example");
        assertThat(Conninfo.parse(cluster.n3.conninfo()).host()).isEqualTo("n1.example");
        assertThat(cluster.n2.asked()).doesNotContain(ReplicaSession.PROMOTE);
    }

    @Test
    void nobodyIsToldWhileTheOtherDoesNotFollow() {
        watch();
        awaitArmed();
        cluster.n3.deafen(true);
        cluster.n1.kill();

        awaitWhy("n3 (n3.example:5432) does not stream from n2 (n2.example:5432) within 2000 ms");
        assertNobodyTold();
        cluster.n3.deafen(false);
        awaitPrimary("n2");
    }

    @Test
    void nobodyIsToldWhileSomebodyElseHoldsALock() {
        watch();
        awaitArmed();
        cluster.n3.lock(true);
        cluster.n1.kill();

        awaitWhy("n3 (n3.example:5432): somebody else holds its lock");
        assertNobodyTold();
        assertThat(cluster.n3.asked()).doesNotContain(ReplicaSession.RELOAD);
        cluster.n3.lock(false);
        awaitPrimary("n2");
    }

    @Test
    void withAReplicaAwayItRefusesUntilItIsForced() throws Exception {
        ClusterWatch watch = watch();
        awaitArmed();
        cluster.n1.kill();
        cluster.n3.kill();

        awaitWhy("n3.example:5432)");
        awaitWhy("it alone may have confirmed commits");
        await().until(() -> snapshots.last().why().contains("; nobody is promoted: n3 (n3.example:5432)"));
        assertRefused(watch.promote(false), "it alone may have confirmed commits");
        assertNobodyTold();

        cluster.n2.standbys(0);
        FailoverReport report = watch.promote(true).get(5, TimeUnit.SECONDS);
        assertThat(report.action()).isEqualTo("promoted");
        assertThat(report.primary()).isEqualTo("n2");
        assertThat(report.forced()).isTrue();
        assertThat(report.possibleLoss()).anyMatch(loss -> loss.contains("n3 (n3.example:5432)"));
        assertThat(report).asString().contains("possible loss: ");
    }

    /** The watch sees it, and its lock can't be had. */
    @Test
    void aReplicaWhoseLockCannotBeHadIsAway() {
        watch();
        awaitArmed();
        cluster.n3.fill(true);
        cluster.n1.kill();

        awaitWhy("n3 (n3.example:5432): could not connect: refused; it alone may have confirmed commits");
        assertNobodyTold();
        cluster.n3.fill(false);
        awaitPrimary("n2");
    }

    /** An attempt connects twice to each replica. */
    @Test
    void whatIsRefusedAgainAndAgainIsTriedLessOften() {
        watch();
        awaitArmed();
        cluster.n3.fill(true);
        cluster.n1.kill();
        awaitWhy("n3 (n3.example:5432): could not connect: refused");

        int before = cluster.n2.connects();
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        assertThat(cluster.n2.connects() - before).isBetween(2, 14);
    }

    @Test
    void whoIsBehindWhatWasConfirmedIsRefused() throws Exception {
        ClusterWatch watch = watch();
        cluster.n1.write("0/3000200");
        cluster.n2.write("0/3000200");
        await().until(() ->
                snapshots.primary() != null && snapshots.last().promotion().armed());
        int asked = cluster.n1.questions();
        await().until(() -> cluster.n1.questions() > asked + 2);
        cluster.n1.kill();
        cluster.n2.write("0/3000100");

        awaitWhy("commits up to 0/3000200 were confirmed");
        assertNobodyTold();
        FailoverReport report = watch.promote(true).get(5, TimeUnit.SECONDS);
        assertThat(report.possibleLoss()).anyMatch(loss -> loss.contains("0/3000200"));
    }

    @Test
    void aSettingThatIsChangedDisarmsAtTheNextLook() {
        watch();
        awaitArmed();
        cluster.n1.names("");
        awaitWhy("synchronous_standby_names is ''");
        cluster.n1.kill();

        await().until(() -> snapshots.primary() == null);
        await().during(Duration.ofMillis(300)).until(() -> snapshots.primary() == null);
        assertNobodyTold();
        assertThat(snapshots.last().promotion().why()).contains("synchronous_standby_names is ''");
    }

    /** The replicas still stream: the primary lives, and is only not seen from here. */
    @Test
    void aPrimaryThatOnlyThisProcessCannotReachIsNotReplaced() {
        watch();
        awaitArmed();
        cluster.cutOff(cluster.n1);

        awaitWhy("n2 (n2.example:5432): still receives from n1.example:5432");
        await().during(Duration.ofMillis(300)).until(() -> snapshots.primary() == null);
        assertNobodyTold();
        assertThat(cluster.n2.asked()).doesNotContain(LOCK);
    }

    @Test
    void whoWasNotSeenAliveIsNotReplacedButByForce() throws Exception {
        cluster.n1.kill();
        new Memory(folder, cluster.name()).store(new Remembered(TestNode.OURS, 1, Lsn.START));
        ClusterWatch watch = watch();

        awaitWhy("no primary has been seen alive");
        assertRefused(watch.promote(false), "no primary has been seen alive");
        assertNobodyTold();
        FailoverReport report = watch.promote(true).get(5, TimeUnit.SECONDS);
        assertThat(report.possibleLoss()).anyMatch(loss -> loss.contains("what n1 (n1.example:5432) acknowledged"));
        awaitPrimary("n2");
    }

    @Test
    void theNextVersionFinishesWhatWasBegun() throws IOException {
        cluster.n1.kill();
        cluster.n2.follow("n3");
        remember(Pledge.begun(EVIDENCE, null, Instant.now()));
        watch();

        awaitPrimary("n3");
    }

    /** The one before was closed before it had noticed. */
    @Test
    void theNextVersionReplacesAPrimaryThatItNeverSawAlive() {
        ClusterWatch first = watch();
        awaitArmed();
        first.close();
        cluster.n1.kill();
        watch();

        awaitPrimary("n2");
    }

    /** The trouble that killed the primary had kept a replica silent already. */
    @ParameterizedTest
    @ValueSource(strings = {"n2", "n3"})
    void theNextVersionReplacesAPrimaryThatItSawBesideASilentReplica(String silent) throws IOException {
        FakeServer replica = silent.equals("n2") ? cluster.n2 : cluster.n3;
        replica.freeze();
        remember(left(Duration.ZERO, null));
        watch();
        awaitArmed();
        cluster.n1.kill();
        await().until(() -> snapshots.primary() == null);
        replica.thaw();

        awaitPrimary("n2");
    }

    @Test
    void aReplicaThatIsSilentWhenThePrimaryIsLostIsNoReasonAfterwards() {
        watch();
        awaitArmed();
        cluster.n3.freeze();
        await().until(() -> snapshots.states("n3").contains(NodeState.DOWN));
        cluster.n1.kill();
        await().until(() -> snapshots.primary() == null);
        assertNobodyTold();
        cluster.n3.thaw();

        awaitPrimary("n2");
    }

    @Test
    void whatWasLeftIsNotLeftForLongerByAVersionThatSawLess() throws IOException {
        cluster.n2.freeze();
        remember(left(Duration.ofSeconds(5), null));
        ClusterWatch second = watch();
        awaitArmed();
        second.close();
        Pledge left = new Memory(folder, cluster.name()).loadPledge();

        assertThat(left.evidence(Instant.now())).isEqualTo(EVIDENCE);
        assertThat(left.evidence(Instant.now().plusSeconds(5))).isNull();
        assertThat(left.age(Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
    }

    /** Who began it had not seen the primary, and may have had no proof. */
    @Test
    void whatWasBegunIsNoProofBesideALivePrimary() throws IOException {
        cluster.n2.freeze();
        remember(Pledge.begun(EVIDENCE, null, Instant.now()));
        watch();

        awaitWhy("n2 (n2.example:5432): gave no answer within 1000 ms");
        assertThat(snapshots.all()).noneMatch(seen -> seen.promotion().armed());
    }

    @Test
    void whatWasSeenTooLongAgoIsNoProofBesideALivePrimary() throws IOException {
        cluster.n2.freeze();
        remember(left(Duration.ofSeconds(10), null));
        watch();

        awaitWhy("n2 (n2.example:5432): gave no answer within 1000 ms");
        assertThat(snapshots.all()).noneMatch(seen -> seen.promotion().armed());
    }

    /** The next one could find a replica silent, and take the word of the one before for it. */
    @Test
    void whatAVersionFindsRefutedIsLeftToNobody() throws IOException {
        cluster.servers().forEach(server -> server.names("ANY 1 (n2,n3)"));
        remember(left(Duration.ZERO, "n3"));
        ClusterWatch second = watch();
        awaitWhy("synchronous_standby_names is 'ANY 1 (n2,n3)'");
        second.close();
        Pledge left = new Memory(folder, cluster.name()).loadPledge();

        assertThat(left.evidence(Instant.now())).isNull();
        assertThat(left.age(Instant.now())).isNull();
        assertThat(left.node()).isEqualTo("n3");
    }

    @Test
    void whatWasBegunIsLeftToNobodyBySomeoneWhoFoundItRefutedLater() throws IOException {
        cluster.servers().forEach(server -> server.names("ANY 1 (n2,n3)"));
        remember(Pledge.begun(EVIDENCE, null, Instant.now()));
        ClusterWatch second = watch();
        awaitWhy("synchronous_standby_names is 'ANY 1 (n2,n3)'");
        second.close();

        assertThat(new Memory(folder, cluster.name()).loadPledge().evidence(Instant.now()))
                .isNull();
    }

    @Test
    void anAttemptOnWhatWasLeftCountsAsLongAsAnyOther() throws IOException {
        cluster.n3.deafen(true);
        cluster.n1.kill();
        remember(left(Duration.ZERO, null));
        ClusterWatch second = watch();
        awaitWhy("n3 (n3.example:5432) does not stream from n2 (n2.example:5432) within 2000 ms");
        second.close();
        Pledge begun = new Memory(folder, cluster.name()).loadPledge();

        assertThat(begun.evidence(Instant.now().plusSeconds(30))).isEqualTo(EVIDENCE);
    }

    @Test
    void whatWasSeenOfALivePrimaryCountsForTenSeconds() throws IOException {
        ClusterWatch first = watch();
        awaitArmed();
        first.close();
        Pledge left = new Memory(folder, cluster.name()).loadPledge();

        assertThat(left.node()).isNull();
        assertThat(left.evidence(Instant.now())).isEqualTo(EVIDENCE);
        assertThat(left.evidence(Instant.now().plusSeconds(10))).isNull();
    }

    @Test
    void aVersionThatWasNotArmedLeavesNothing() throws IOException {
        cluster.servers().forEach(server -> server.names("ANY 1 (n2,n3)"));
        ClusterWatch first = watch();
        awaitWhy("synchronous_standby_names is 'ANY 1 (n2,n3)'");
        first.close();

        assertThat(new Memory(folder, cluster.name()).loadPledge()).isNull();
    }

    @Test
    void anAttemptThatWasBegunCountsAsLongAsBefore() throws IOException {
        ClusterWatch first = watch();
        awaitArmed();
        cluster.n2.stick(true);
        cluster.n1.kill();
        await().until(() -> cluster.n2.asked().contains(ReplicaSession.PROMOTE));
        first.close();
        Pledge left = new Memory(folder, cluster.name()).loadPledge();

        assertThat(left.node()).isEqualTo("n2");
        assertThat(left.evidence(Instant.now().plusSeconds(30))).isEqualTo(EVIDENCE);
    }

    @Test
    void whoMayHaveBeenToldIsTheOnlyOneForTheNextVersionToo() throws IOException {
        remember(Pledge.begun(EVIDENCE, "n3", Instant.now().minusSeconds(61)));
        ClusterWatch first = watch();
        awaitArmed();
        first.close();
        cluster.n1.kill();
        watch();

        awaitPrimary("n3");
        assertThat(cluster.n2.asked()).doesNotContain(ReplicaSession.PROMOTE);
    }

    @Test
    void onlyWhoMayHaveBeenToldIsPromoted() throws IOException {
        cluster.n1.kill();
        remember(Pledge.begun(EVIDENCE, "n3", Instant.now()));
        watch();

        awaitPrimary("n3");
        assertThat(cluster.n2.asked()).doesNotContain(ReplicaSession.PROMOTE);
    }

    @Test
    void whatWasBegunLongAgoIsNotFinishedByItself() throws IOException {
        cluster.n1.kill();
        remember(Pledge.begun(EVIDENCE, "n3", Instant.now().minusSeconds(61)));
        watch();

        awaitWhy("no primary has been seen alive");
        assertNobodyTold();
    }

    /** The way out that the operator's handbook names. */
    @Test
    void whereTheOneThatMayHaveBeenToldIsGoneForeverThePledgeCanBeTakenAway() throws IOException {
        remember(Pledge.begun(EVIDENCE, "n3", Instant.now()));
        cluster.n1.kill();
        cluster.n3.kill();
        ClusterWatch watch = watch();
        await().until(() -> snapshots.last() != null && snapshots.primary() == null);
        assertRefused(watch.promote(true), "may have been told to be the primary");
        assertNobodyTold();

        Files.delete(folder.resolve(cluster.name() + ".promotion"));
        assertThat(watch.promote(true).join().primary()).isEqualTo("n2");
    }

    /** It is the primary all the same. */
    @Test
    void whatWasBegunAndCannotBeReadDisarmsUntilItIsGone() throws IOException {
        Path pledge = folder.resolve(cluster.name() + ".promotion");
        Files.writeString(pledge, "nonsense");
        ClusterWatch watch = watch();
        awaitPrimary("n1");
        awaitWhy("delete that file");
        cluster.n1.kill();
        await().until(() -> snapshots.primary() == null);
        assertRefused(watch.promote(true), "delete that file");
        assertThat(Files.readString(pledge)).isEqualTo("nonsense");
        assertNobodyTold();

        Files.delete(pledge);
        awaitPrimary("n2");
    }

    /** It may have gone on with another setting. */
    @Test
    void aPrimaryThatLostItsStandbysIsNoLongerArmed() {
        watch();
        awaitArmed();
        cluster.n2.deafen(true);
        cluster.n3.deafen(true);
        cluster.n1.standbys(0);
        awaitWhy("none stream from it under the name n2");
        cluster.n1.kill();
        cluster.n2.deafen(false);
        cluster.n3.deafen(false);

        await().during(Duration.ofMillis(300)).until(() -> snapshots.primary() == null);
        assertNobodyTold();
    }

    @Test
    void whoIsToldIsOnTheDiskBefore() throws IOException {
        cluster.n2.stick(true);
        watch();
        awaitArmed();
        cluster.n1.kill();
        await().until(() -> cluster.n2.asked().contains(ReplicaSession.PROMOTE));

        assertThat(new Memory(folder, cluster.name()).loadPledge().node()).isEqualTo("n2");
    }

    @Test
    void aThawedPrimaryEndsThePromotionBeforeAnybodyIsTold() {
        watch();
        awaitArmed();
        cluster.n3.deafen(true);
        cluster.n1.freeze();
        await().until(() -> Conninfo.parse(cluster.n3.conninfo()).host().equals("n2.example"));
        cluster.n1.thaw();
        awaitPrimary("n1");
        cluster.n3.deafen(false);

        await().until(() -> Conninfo.parse(cluster.n3.conninfo()).host().equals("n1.example"));
        assertNobodyTold();
        awaitArmed();
    }

    @Test
    void anAbortLetsTheReplicasFollowTheOldPrimary() throws Exception {
        ClusterWatch watch = watchAnAttemptThatWasCutShort();

        FailoverReport report = watch.abort().get(5, TimeUnit.SECONDS);
        assertThat(report.action()).isEqualTo("undone");
        assertThat(report.primary()).isEqualTo("n1");
        assertThat(Conninfo.parse(cluster.n3.conninfo()).host()).isEqualTo("n1.example");
        awaitArmed();
    }

    @Test
    void anAbortEndsAnAttemptAndKeepsItEnded() throws Exception {
        ClusterWatch watch = watch();
        awaitArmed();
        cluster.n3.deafen(true);
        cluster.n1.kill();
        await().until(() -> Conninfo.parse(cluster.n3.conninfo()).host().equals("n2.example"));

        assertThat(watch.abort().get(5, TimeUnit.SECONDS).action()).isEqualTo("undone");
        cluster.n3.deafen(false);
        awaitWhy("ucm:failover --abort ended the promotion");
        assertNobodyTold();

        assertThat(watch.promote(false).get(5, TimeUnit.SECONDS).primary()).isEqualTo("n2");
    }

    /** One that is away may have been told. */
    @Test
    void anAbortNeedsEveryReplica() {
        ClusterWatch watch = watchAnAttemptThatWasCutShort();
        cluster.n2.kill();

        assertRefused(watch.abort(), "n2 (n2.example:5432): could not connect: refused");
        assertThat(Conninfo.parse(cluster.n3.conninfo()).host()).isEqualTo("n2.example");
    }

    @Test
    void anAbortNeedsEveryLock() {
        ClusterWatch watch = watchAnAttemptThatWasCutShort();
        cluster.n2.lock(true);

        assertRefused(watch.abort(), "n2 (n2.example:5432): somebody else holds its lock");
        assertThat(Conninfo.parse(cluster.n3.conninfo()).host()).isEqualTo("n2.example");
    }

    @Test
    void whoIsAboutToBeThePrimaryIsNotUndone() throws Exception {
        cluster.n2.stick(true);
        ClusterWatch watch = watch();
        awaitArmed();
        cluster.n1.kill();
        await().until(() -> cluster.n2.asked().contains(ReplicaSession.PROMOTE));

        assertRefused(watch.abort(), "about to be: that can only be finished");
    }

    @Test
    void aLivePrimaryIsNotReplacedByForce() {
        ClusterWatch watch = watch();
        awaitArmed();

        assertRefused(watch.promote(true), "n1 is the primary, and answers");
    }

    @Test
    void endsWithinTwoSecondsInTheMiddleOfAPromotion() {
        cluster.n2.stick(true);
        ClusterWatch watch = watch();
        awaitArmed();
        cluster.n1.kill();
        await().until(() -> cluster.n2.asked().contains(ReplicaSession.PROMOTE));
        cluster.n3.freeze();
        cluster.n2.freeze();
        // Until it waits for an answer.
        await().pollDelay(Duration.ofMillis(100)).until(() -> true);

        long begin = System.nanoTime();
        watch.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        assertThat(cluster.servers()).allMatch(server -> server.open() == 0);
    }

    @Test
    void whoFollowsPromotesNobody() {
        FakeCluster following = new FakeCluster("followed" + NUMBER.incrementAndGet());
        ClusterWatch watch =
                new ClusterWatch(following, FAST, new Memory(folder, following.name()), snapshots, ended -> {});
        watches.add(watch);
        watch.start();
        awaitPrimary("n1");
        assertThat(snapshots.last().promotion()).isEqualTo(Promotion.OF_OTHERS);
        assertRefused(watch.promote(true), "failover.policy of cluster '" + following.name() + "' is FOLLOW");
        following.n1.kill();

        await().until(() -> snapshots.primary() == null);
        await().during(Duration.ofMillis(300)).until(() -> snapshots.primary() == null);
        assertThat(snapshots.last().promotion()).isEqualTo(Promotion.OF_OTHERS);
    }

    /** The old primary lives, and n3 follows the one that was chosen. */
    private ClusterWatch watchAnAttemptThatWasCutShort() {
        cluster.n3.follow("n2");
        ClusterWatch watch = watch();
        awaitPrimary("n1");
        awaitWhy("none stream from it under the name n3");
        return watch;
    }

    private ClusterWatch watch() {
        return watch(FAST);
    }

    private ClusterWatch watch(HaSettings settings) {
        ClusterWatch watch =
                new ClusterWatch(cluster, settings, new Memory(folder, cluster.name()), snapshots, ended -> {});
        watches.add(watch);
        watch.start();
        return watch;
    }

    private static Pledge left(Duration ago, String node) {
        Instant then = Instant.now().minus(ago);
        return Pledge.left(EVIDENCE, node, then, then);
    }

    private void remember(Pledge pledge) throws IOException {
        Memory memory = new Memory(folder, cluster.name());
        memory.store(new Remembered(TestNode.OURS, 1, Lsn.START));
        memory.store(pledge);
    }

    private void awaitArmed() {
        await().until(() ->
                "n1".equals(snapshots.primary()) && snapshots.last().promotion().armed());
    }

    private void awaitPrimary(String id) {
        await().until(() -> id.equals(snapshots.primary()));
    }

    private void awaitWhy(String why) {
        await().until(
                        () -> snapshots.all().isEmpty()
                                ? ""
                                : String.valueOf(snapshots.last().promotion().why()),
                        text -> text.contains(why));
    }

    private void assertNobodyTold() {
        assertThat(cluster.servers()).noneMatch(server -> server.asked().contains(ReplicaSession.PROMOTE));
    }

    private static void assertRefused(CompletableFuture<FailoverReport> report, String why) {
        assertThatThrownBy(() -> report.get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(Refusal.class)
                .hasMessageContaining(why);
    }
}
