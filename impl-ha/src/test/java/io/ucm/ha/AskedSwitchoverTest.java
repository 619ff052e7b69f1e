// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.ucm.api.Role;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Roles that somebody else exchanges: what is checked before, who gets the writes meanwhile, and what is told. */
@Timeout(60)
class AskedSwitchoverTest {

    private static final Duration LIMIT = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final FakeCluster cluster = new FakeCluster("main");
    private final FakeExchange exchange = new FakeExchange(cluster);
    private final Snapshots snapshots = new Snapshots();
    private ProbingTopologyWatcher watcher;
    private Switchovers switchovers;
    private ClusterWatch watch;

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
        watch = (ClusterWatch) watcher.watch(cluster, snapshots);
        await().until(() ->
                !snapshots.all().isEmpty() && snapshots.last().nodes().stream().allMatch(NodeStatus::readable));
    }

    @AfterEach
    void nothingIsLeft() {
        watcher.deactivate();
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

    private void nobodyWasAsked() {
        assertThat(exchange.asked()).isEmpty();
        assertThat(snapshots.all()).noneMatch(topology -> topology.primary() == null);
    }

    @Test
    void writesAreParkedUntilTheTargetIsConfirmed() {
        AtomicReference<Topology> meanwhile = new AtomicReference<>();
        exchange.work = () -> {
            meanwhile.set(snapshots.last());
            exchange.toN2();
        };

        SwitchoverReport report = to("n2");

        assertThat(exchange.asked()).containsExactly("n1 to n2");
        assertThat(meanwhile.get().primary()).isNull();
        assertThat(meanwhile.get().why()).isEqualTo("switchover to n2 is under way");
        assertThat(meanwhile.get().nodes()).extracting(NodeStatus::readable).containsExactly(false, true, true);
        assertThat(snapshots.primary()).isEqualTo("n2");
        assertThat(snapshots.last().node("n1").orElseThrow().readable()).isTrue();
        assertThat(report.pauseMs()).isBetween(1L, report.totalMs());
        assertThat(report)
                .asString()
                .contains(
                        "n2 is the primary, n1 is its standby (streams)",
                        "nobody took writes for",
                        "exchanging the roles by Somebody");
    }

    @Test
    void writersOfBeforeAreWaitedForAndNoOthers() {
        exchange.writers(List.of("11 7", "12 8"), List.of("12 8", "11 9"));
        Collections.nCopies(1000, List.of("11 9")).forEach(look -> exchange.writers(look));

        SwitchoverReport report = to("n2");

        assertThat(report.writersDrained()).isEqualTo(2);
        assertThat(report.writersCut()).isZero();
    }

    @Test
    void writersAreWaitedForUpToTheDrainLimit() {
        List<List<String>> looks = Collections.nCopies(1000, List.of("12 8"));
        exchange.writers(List.of("11 7", "12 8"));
        looks.forEach(look -> exchange.writers(look));

        SwitchoverReport report = to("n2");

        assertThat(report.writersDrained()).isOne();
        assertThat(report.writersCut()).isOne();
    }

    @Test
    void theOtherReplicasNeedNotBeThere() {
        cluster.n3.kill();
        await().until(() -> !snapshots.last().node("n3").orElseThrow().readable());

        assertThat(to("n2").to()).isEqualTo("n2");
    }

    @Test
    void aReplicaThatThePrimaryDoesNotWaitForIsRefused() {
        assertThat(refusal("n3"))
                .contains("failed while checking n3 (n3.example:5432)")
                .contains("n1 (n1.example:5432) waits for the standbys '\"n2\"', and n3 (n3.example:5432) is 'async'"
                        + ": it may lack what was acknowledged");
        nobodyWasAsked();
    }

    @Test
    void wherePrimaryWaitsForNobodyAnyReplicaThatStreamsWillDo() {
        exchange.names = "";
        exchange.standbys = List.of("streaming\tasync\t0/3000000\tn2");
        assertThat(refusal("n3")).contains("n3 (n3.example:5432) does not stream from n1 (n1.example:5432)");
        nobodyWasAsked();

        assertThat(to("n2").to()).isEqualTo("n2");
    }

    @Test
    void aReplicaThatIsFarBehindIsRefused() {
        cluster.n1.write("0/9000000");
        await().until(() -> !snapshots.last().node("n2").orElseThrow().readable());

        assertThat(refusal("n2")).contains("it is no replica that is up and fresh: ", "max.lag.bytes");
        nobodyWasAsked();
    }

    @Test
    void afterARefusalTheOldPrimaryGetsTheWritesAgain() {
        exchange.work = () -> {
            throw new IOException("refused by Somebody");
        };

        assertThat(refusal("n2"))
                .isEqualTo(
                        "cluster 'main': the switchover from n1 (n1.example:5432) to n2 (n2.example:5432) failed while"
                                + " exchanging the roles by Somebody: refused by Somebody");
        await().until(() -> "n1".equals(snapshots.primary()));
    }

    @Test
    void whatTheNodesSayCountsMoreThanALostAnswer() {
        exchange.work = () -> {
            exchange.toN2();
            await().until(() -> "n2".equals(snapshots.primary()));
            throw new IOException("the answer was lost");
        };

        assertThat(to("n2").to()).isEqualTo("n2");
    }

    @Test
    void anotherOneThatWasPromotedGetsTheWritesWhenItIsOver() {
        exchange.work = () -> {
            cluster.n1.kill();
            cluster.n3.promote("0/3000000");
            await().until(() ->
                    snapshots.last().node("n3").orElseThrow().node().role().equals(Role.PRIMARY));
            assertThat(snapshots.primary()).isNull();
            throw new IOException("n3 instead of n2");
        };

        assertThat(refusal("n2")).contains("n3 instead of n2");
        await().until(() -> "n3".equals(snapshots.primary()));
    }

    @Test
    void aTargetWithoutItsStandbysIsNotConfirmed() {
        exchange.work = () -> {
            exchange.toN2();
            cluster.n2.standbys(0);
        };

        assertThat(refusal("n2"))
                .contains("failed while accepting n2 (n2.example:5432) as the primary")
                .contains("it is not accepted as the primary; ucm:topology tells why");
        assertThat(snapshots.primary()).isNull();
    }

    @Test
    void theReportComesWhenTheOldPrimaryIsReadAgain() {
        exchange.work = () -> {
            exchange.promoteN2();
            CompletableFuture.runAsync(() -> {
                await().until(() -> "n2".equals(snapshots.primary()));
                cluster.n1.standby("0/3000000");
                cluster.n1.follow("n2");
            });
        };

        assertThat(to("n2").oldCameBack()).isEqualTo("streams");
    }

    @Test
    void anotherOneAtTheSameTimeIsRefused() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        exchange.work = () -> {
            inside.countDown();
            goOn.await();
            exchange.toN2();
        };
        CompletableFuture<SwitchoverReport> first = CompletableFuture.supplyAsync(() -> to("n2"));
        inside.await();

        assertThat(refusal("n2")).isEqualTo("cluster 'main': another switchover is under way");
        goOn.countDown();
        assertThat(first.get().to()).isEqualTo("n2");
    }

    @Test
    void theEndOfTheBundleEndsTheWaiting() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        exchange.work = () -> {
            inside.countDown();
            new CountDownLatch(1).await();
        };
        CompletableFuture<Throwable> failure = CompletableFuture.supplyAsync(() -> catchThrowable(() -> to("n2")));
        inside.await();

        switchovers.deactivate();

        assertThat(failure.get()).hasMessageContaining("interrupted; Somebody goes on with it");
    }
}
