// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ucm.api.Role;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeProbeTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final FakeCluster cluster = new FakeCluster("main");
    private final FakeServer server = cluster.n1;
    private long now;
    private final NodeProbe probe = new NodeProbe(cluster, server.address(), TIMEOUT, () -> now);

    @AfterEach
    void nothingIsOpen() {
        probe.abort();
        assertThat(server.open()).isZero();
    }

    /** Else the role, or the timeline, could be of a server that ran before or comes after. */
    @Test
    void opensBothConnectionsThenAsksForTheRoleThenForTheIdentity() throws SQLException {
        probe.ask();
        probe.ask();

        assertThat(server.asked())
                .containsExactly(
                        "connect", "connect replication", "SELECT", "IDENTIFY_SYSTEM", "SELECT", "IDENTIFY_SYSTEM");
    }

    @Test
    void readsTheAnswer() throws SQLException {
        server.write("0/3000148");
        Answer primary = probe.ask();

        assertThat(primary.role()).isEqualTo(Role.PRIMARY);
        assertThat(primary.lsn()).hasToString("0/3000148");
        assertThat(primary.quorum()).isEqualTo(new Quorum(1, 2));
        assertThat(primary.receivedTimeline()).isNull();
        assertThat(primary.identity()).isEqualTo(new Identity(TestNode.OURS, History.first()));

        server.demote();
        server.lagMs(42L);
        Answer replica = probe.ask();
        assertThat(replica.role()).isEqualTo(Role.REPLICA);
        assertThat(replica.receivedTimeline()).isOne();
        assertThat(replica.lagMs()).isEqualTo(42);
    }

    @Test
    void aLagThatNobodyKnowsIsNotZero() throws SQLException {
        server.lagMs(null);
        assertThat(probe.ask().lagMs()).isNull();

        server.lagMs(-3L);
        assertThat(probe.ask().lagMs()).isZero();
    }

    @Test
    void doesNotKnowTheQuorumWhenTheStandbysAreHidden() throws SQLException {
        server.showStandbys(false);

        assertThat(probe.ask().quorum()).isNull();
    }

    @Test
    void asksForTheHistoryOnceForEachTimeline() throws SQLException {
        probe.ask();
        server.promote("0/3000148");
        probe.ask();
        Answer answer = probe.ask();

        assertThat(answer.identity().history()).isEqualTo(TestNode.forkedAt("0/3000148"));
        assertThat(Collections.frequency(server.asked(), "TIMELINE_HISTORY 2")).isOne();
    }

    @Test
    void hasNoIdentityWithoutTheHistoryAndAsksAgain() throws SQLException {
        server.promote("0/3000148");
        server.knowHistory(false);
        Answer answer = probe.ask();
        assertThat(answer.identity()).isNull();
        assertThat(answer.unidentified())
                .contains("it has no history of its timeline 2")
                .contains("could not open");

        server.knowHistory(true);
        assertThat(probe.ask().identity().timeline()).isEqualTo(2);
    }

    @Test
    void triesARefusedReplicationConnectionAgainAfterTenSeconds() throws SQLException {
        server.allowReplication(false);
        assertThat(probe.ask().unidentified()).contains("needs REPLICATION");
        server.allowReplication(true);
        now += TimeUnit.SECONDS.toNanos(10);
        assertThat(probe.ask().identity()).isNull();

        now++;
        assertThat(probe.ask().identity()).isNotNull();
        assertThat(server.asked()).endsWith("connect replication", "SELECT", "IDENTIFY_SYSTEM");
    }

    @Test
    void saysWhoDidNotAnswer() throws SQLException {
        probe.ask();
        server.loseConnections();

        assertThatThrownBy(probe::ask)
                .isInstanceOf(SQLException.class)
                .hasMessage("n1 (n1.example:5432): did not answer: the connection is broken (08006)");
    }

    @Test
    void anAbortEndsAQuestion() throws SQLException {
        probe.ask();
        server.freeze();
        CompletableFuture<Answer> question = ask();
        probe.abort();

        assertThatThrownBy(question::join).hasMessageContaining("did not answer");
    }

    @Test
    void whatIsOpenedAfterAnAbortIsClosed() {
        server.freeze();
        CompletableFuture<Answer> question = ask();
        await().until(() -> server.asked().equals(List.of("connect")));
        probe.abort();
        server.thaw();

        assertThatThrownBy(question::join).hasMessageContaining("nobody waits for the answer any more");
    }

    private CompletableFuture<Answer> ask() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return probe.ask();
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
    }
}
