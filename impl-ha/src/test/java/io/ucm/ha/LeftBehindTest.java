// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary that a switchover left read-only: when it is made writable again, and when not. */
class LeftBehindTest {

    private static final HaSettings FAST = new HaSettings(
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofSeconds(1),
            0x1000000,
            1000,
            Duration.ofSeconds(2));
    private static final String SWITCHOVER = "to n2 by 4711@there of 2026-11-01T00:00:00Z";
    private static final String LOCK = ReplicaSession.locking(Duration.ofSeconds(3));
    private static final String TAKEN_BACK = "ALTER SYSTEM RESET default_transaction_read_only";
    private static final int ATTEMPTS = 3;
    private static final AtomicInteger NUMBER = new AtomicInteger();

    @TempDir
    Path folder;

    private final FakeCluster cluster = new FakeCluster("left" + NUMBER.incrementAndGet());
    private final Snapshots snapshots = new Snapshots();
    private final List<ClusterWatch> watches = new ArrayList<>();

    @AfterEach
    void nothingIsOpen() {
        watches.forEach(ClusterWatch::close);
        assertThat(cluster.servers()).allMatch(server -> server.open() == 0);
    }

    @Test
    void isTakenBackWhenWhoRanItIsGone() {
        left();
        watch(folder);

        await().until(() -> "n1".equals(snapshots.primary()));
        assertThat(cluster.n1.switchover()).isNull();
        assertThat(cluster.n1.asked()).containsSubsequence(LOCK, ReplicaSession.LOOK, TAKEN_BACK);
        assertThat(cluster.n2.asked()).containsSubsequence(LOCK, ReplicaSession.LOOK);
        assertThat(cluster.n3.asked()).containsSubsequence(LOCK, ReplicaSession.LOOK);
    }

    @Test
    void theTopologyNamesTheSwitchover() {
        left();
        cluster.n3.lock(true);
        watch(folder);

        await().until(
                        () -> String.valueOf(snapshots.last().why()),
                        why -> why.contains("by a switchover " + SWITCHOVER));
    }

    /** A switchover has it as long as it lives. */
    @Test
    void staysAsLongAsAnybodyHasALock() {
        left();
        cluster.n3.lock(true);
        watch(folder);
        triedInVain();

        cluster.n3.lock(false);
        await().until(() -> "n1".equals(snapshots.primary()));
    }

    /** Its lock may still be that of a switchover, for all that can be seen from here. */
    @Test
    void staysAsLongAsAReplicaIsAway() {
        left();
        cluster.n2.kill();
        watch(folder);
        await().until(() ->
                cluster.n1.asked().stream().filter("connect"::equals).count() > ATTEMPTS);
        assertThat(takenBack()).isZero();

        cluster.n2.thaw();
        await().until(() -> "n1".equals(snapshots.primary()));
    }

    @Test
    void saysWhyItStaysWhenThatLasts() {
        left();
        cluster.n3.lock(true);
        watch(folder);

        await().until(
                        () -> String.valueOf(snapshots.last().why()),
                        why -> why.contains("; not taken back: n3 (n3.example:5432): somebody else holds its lock"));
    }

    @Test
    void staysWhereAReplicaKnowsALaterHistory() {
        left();
        cluster.n2.standby("0/3000000");
        cluster.n2.follow("n1");
        watch(folder);

        triedInVain();
    }

    /** The switchover had come so far that it may have told n2; its old primary was started again by somebody. */
    @Test
    void staysWhereAReplicaFollowsAnother() {
        left();
        cluster.n3.follow("n2");
        watch(folder);
        triedInVain();

        cluster.n3.follow("n1");
        await().until(() -> "n1".equals(snapshots.primary()));
    }

    @Test
    void staysWhereAReplicaIsAboutToBePromoted() {
        left();
        cluster.n2.isToBePromoted();
        watch(folder);

        triedInVain();
    }

    @Test
    void anOldPrimaryStays() throws IOException {
        new Memory(folder, cluster.name()).store(new Remembered(TestNode.OURS, 2, Lsn.parse("0/3000000")));
        left();
        watch(folder);

        await().until(() -> String.valueOf(snapshots.last().why()), why -> why.contains("on timeline 1, which ended"));
        await().until(() -> cluster.n1.questions() > 10);
        assertThat(cluster.n1.asked()).doesNotContain(LOCK);
    }

    @Test
    void whatSomebodyElseMadeReadOnlyStays() {
        cluster.n1.readOnly(true);
        watch(folder);

        await().until(() -> String.valueOf(snapshots.last().why()), why -> why.contains("as in a switchover"));
        await().until(() -> cluster.n1.questions() > 10);
        assertThat(cluster.n1.asked()).doesNotContain(LOCK);
    }

    /** The end came before it was read-only. Without this, it would explain what somebody else makes so later. */
    @Test
    void aNoteAloneIsTakenBackToo() {
        cluster.n1.switchover(SWITCHOVER);
        watch(folder);

        await().until(() -> cluster.n1.switchover() == null);
        await().until(() -> "n1".equals(snapshots.primary()));
    }

    @Test
    void ofSeveralContainersOneTakesItBack() {
        for (int i = 0; i < 3; i++) {
            watch(folder.resolve("of" + i));
        }
        await().until(() -> "n1".equals(snapshots.primary()));
        left();

        await().until(() -> !Objects.equals(snapshots.primary(), "n1") || takenBack() > 0);
        await().until(() -> "n1".equals(snapshots.primary()) && cluster.n1.switchover() == null);
        await().until(() -> cluster.servers().stream().allMatch(server -> server.open() == 2 * watches.size()));
        assertThat(takenBack()).isOne();
    }

    /** As a switchover that was killed before it stopped the old primary. */
    private void left() {
        cluster.n1.switchover(SWITCHOVER);
        cluster.n1.readOnly(true);
    }

    private void triedInVain() {
        await().until(() -> cluster.n1.asked().stream().filter(LOCK::equals).count() >= ATTEMPTS);
        assertThat(takenBack()).isZero();
        assertThat(snapshots.primary()).isNull();
    }

    private long takenBack() {
        return cluster.n1.asked().stream().filter(TAKEN_BACK::equals).count();
    }

    private void watch(Path remembered) {
        ClusterWatch watch =
                new ClusterWatch(cluster, FAST, new Memory(remembered, cluster.name()), snapshots, ended -> {});
        watches.add(watch);
        watch.start();
    }
}
