// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ucm.spi.NodeAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The locks of all replicas: when they are had, and what is known after one was lost. */
class HeldReplicasTest {

    private static final Duration IDLE = Duration.ofSeconds(3);
    private static final String LOCK = ReplicaSession.locking(IDLE);

    private final FakeCluster cluster = new FakeCluster("held");
    private final WatchThreads threads = new WatchThreads("held");
    private final HeldReplicas held = new HeldReplicas(cluster, Duration.ofSeconds(2), IDLE, threads);

    @BeforeEach
    void connected() throws InterruptedException {
        List<NodeAddress> replicas =
                cluster.nodes().stream().filter(node -> !node.id().equals("n1")).toList();
        held.open(replicas);
        assertThat(held.away()).isEmpty();
    }

    @AfterEach
    void nothingIsOpen() {
        threads.close(held::close, Duration.ofSeconds(2));
        assertThat(cluster.servers()).allMatch(server -> server.open() == 0);
    }

    /** As that of the attempt before, whose end the server has not seen yet. */
    @Test
    void aLockThatIsLetGoOfIsHad() throws Exception {
        cluster.n3.lock(true);
        CompletableFuture<Void> free = CompletableFuture.runAsync(() -> {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> cluster.n3.asked().contains(LOCK));
            cluster.n3.lock(false);
        });

        held.lock();

        free.join();
        assertThat(cluster.n3.asked()).filteredOn(LOCK::equals).hasSizeGreaterThan(1);
    }

    @Test
    void theLocksAreTakenInTheOrderOfTheIds() {
        cluster.n2.lock(true);

        assertThatThrownBy(held::lock).hasMessageContaining("n2 (n2.example:5432): somebody else holds its lock");
        assertThat(cluster.n3.asked()).doesNotContain(LOCK);
    }

    @Test
    void whoWasPromotedAfterALockWasLostIsFound() throws Exception {
        held.lock();
        assertThatCode(held::requireNobodyPromoted).doesNotThrowAnyException();
        cluster.n2.loseConnections();
        assertThatCode(held::requireNobodyPromoted).doesNotThrowAnyException();
        cluster.n2.loseConnections();
        cluster.n2.promote("0/3000000");

        assertThatThrownBy(held::requireNobodyPromoted)
                .hasMessage("n2 (n2.example:5432): was made the primary by somebody else");
    }

    @Test
    void whoHasALockThatWasLostMayPromote() throws Exception {
        held.lock();
        cluster.n2.loseConnections();
        cluster.n2.lock(true);

        assertThatThrownBy(held::requireNobodyPromoted).hasMessageContaining("somebody else holds its lock");
    }

    /** Nobody can promote without it. */
    @Test
    void aReplicaThatIsAwayWasNotPromoted() throws Exception {
        held.lock();
        cluster.n2.kill();

        assertThatCode(held::requireNobodyPromoted).doesNotThrowAnyException();
    }

    /** As of a replica that was started again, or whose position is that of the timeline before. */
    @ParameterizedTest
    @NullSource
    @ValueSource(strings = "0/3000100")
    void whoHasNotReadAllThatItReceivedIsWaitedFor(String received) throws Exception {
        cluster.n3.received(() -> received);
        CompletableFuture<Void> read = CompletableFuture.runAsync(() -> {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> cluster.n3.asked().contains(ReplicaSession.LOOK));
            cluster.n3.received(() -> "0/3000000");
        });

        assertThat(held.look("n3").position()).isEqualTo(Lsn.parse("0/3000000"));

        read.join();
        assertThat(cluster.n3.asked()).filteredOn(ReplicaSession.LOOK::equals).hasSizeGreaterThan(1);
    }

    /** A replica that was started again says the begin of the segment. */
    @Test
    void whatItReceivedMayBeRoundedDownOnceItHasReadItAll() throws Exception {
        cluster.n3.received(() -> "0/2000000");

        assertThat(held.look("n3").position()).isEqualTo(Lsn.parse("0/3000000"));
    }

    @Test
    void whoDoesNotReadAllThatItReceivedIsRefused() {
        cluster.n3.received(() -> null);

        assertThatThrownBy(held::looks).hasMessage("n3 (n3.example:5432): has not read yet all that it received");
    }

    @Test
    void aRecordThatIsOnlyBegunIsNotWhole() throws Exception {
        cluster.n3.replayed("0/2FFFF00", true);

        assertThat(held.look("n3").whole()).isEqualTo(Lsn.parse("0/2FFFF00"));
        assertThat(held.look("n3").position()).isEqualTo(Lsn.parse("0/3000000"));
    }

    /** Where it has not said that it waits for more, where that is not at the end of a page, or where more came meanwhile. */
    @Test
    void whatMayBeWholeCounts() throws Exception {
        cluster.n3.replayed("0/2FFFF00", false);
        assertThat(held.look("n3").whole()).isEqualTo(Lsn.parse("0/3000000"));

        cluster.n3.replayed("0/2FFFF00", true);
        cluster.n3.received(() -> "0/2FFE000");
        assertThat(held.look("n3").whole()).isEqualTo(Lsn.parse("0/3000000"));

        cluster.n3.received(() -> "0/3000010");
        cluster.n3.write("0/3000010");
        assertThat(held.look("n3").whole()).isEqualTo(Lsn.parse("0/3000010"));
    }
}
