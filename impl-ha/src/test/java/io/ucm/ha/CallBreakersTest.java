// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.ucm.api.Node;
import io.ucm.api.NodeState;
import io.ucm.api.Role;
import io.ucm.spi.BreakerState;
import io.ucm.spi.CallBreaker;
import io.ucm.spi.Distance;
import io.ucm.spi.NodeAddress;
import io.ucm.spi.NodeStatus;
import io.ucm.spi.Promotion;
import io.ucm.spi.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallBreakersTest {

    private static final String HA = "HIGH_AVAILABILITY";
    private static final String MCP = "MCP_SERVER";

    private final AtomicLong now = new AtomicLong(1_000_000_007);
    private final CallBreakers breakers = new CallBreakers("main", HaSettings.BUILT_IN, now::get);

    @Test
    void eachModeHasItsOwnForEachNodeAndRole() {
        CallBreaker breaker = breaker("n1", Role.PRIMARY, HA);

        assertThat(breaker("n1", Role.PRIMARY, HA)).isSameAs(breaker);
        assertThat(breaker("n1", Role.REPLICA, HA)).isNotSameAs(breaker);
        assertThat(breaker("n2", Role.PRIMARY, HA)).isNotSameAs(breaker);
        assertThat(breaker("n1", Role.PRIMARY, MCP)).isNotSameAs(breaker);
        assertThat(breakers.byName())
                .containsOnlyKeys(
                        "main/n1/PRIMARY/HIGH_AVAILABILITY",
                        "main/n1/REPLICA/HIGH_AVAILABILITY",
                        "main/n2/PRIMARY/HIGH_AVAILABILITY",
                        "main/n1/PRIMARY/MCP_SERVER");
    }

    @Test
    void whoRepairsAServerIsNotTurnedAway() {
        assertThat(breakers.of("n1", Role.PRIMARY, "ADMIN", "ADMIN")).isNull();
        assertThat(breakers.of("n1", Role.PRIMARY, "MIGRATION", "ADMIN")).isNull();
    }

    @Test
    void aFurtherModeHasTheThresholdsOfWhatItIsBasedOn() {
        CallBreaker reports = Objects.requireNonNull(breakers.of("n1", Role.PRIMARY, "REPORTS", "ML_TRAINING"));

        fail(reports, 10);

        assertThat(state("n1", BreakerState.CLOSED)).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void noneIsKeptWhereTheOperatorWantsNone() {
        HaSettings without = new HaSettings(
                Duration.ofSeconds(1),
                Duration.ofMillis(100),
                Duration.ofSeconds(1),
                0,
                0,
                Duration.ofSeconds(1),
                Duration.ZERO,
                Duration.ZERO);

        assertThat(new CallBreakers("main", without, now::get).of("n1", Role.PRIMARY, HA, HA))
                .isNull();
    }

    @Test
    void aProbeThatSucceedsAfterTheOpenTimeMakesThoseOfItsNodeHalfOpen() {
        looked("n1", NodeState.UP);
        looked("n2", NodeState.UP);
        open(breaker("n1", Role.PRIMARY, HA));
        open(breaker("n2", Role.REPLICA, HA));
        now.addAndGet(HaSettings.BUILT_IN.breakerOpen().toNanos());

        looked("n1", NodeState.UP);

        assertThat(state("n1", BreakerState.CLOSED)).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(state("n2", BreakerState.CLOSED)).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aNodeThatWasLostBeginsClosed() {
        looked("n1", NodeState.UP);
        CallBreaker breaker = breaker("n1", Role.PRIMARY, HA);
        open(breaker);

        looked("n1", NodeState.DOWN);
        assertThat(breaker.retryAfter()).isZero();

        open(breaker);
        looked("n1", NodeState.UP);
        assertThat(breaker.retryAfter()).isZero();
    }

    @Test
    void aNodeThatBecomesThePrimaryBeginsClosed() {
        CallBreaker breaker = breaker("n2", Role.PRIMARY, HA);
        CallBreaker replica = breaker("n2", Role.REPLICA, HA);
        open(breaker);
        open(replica);

        breakers.primaryIs("n2");
        assertThat(breaker.retryAfter()).isZero();
        assertThat(replica.retryAfter()).isPositive();

        open(breaker);
        breakers.primaryIs("n2");
        assertThat(breaker.retryAfter()).as("it has been that before").isPositive();

        breakers.primaryIs(null);
        breakers.primaryIs("n2");
        assertThat(breaker.retryAfter()).isZero();
    }

    @Test
    void theWorstStateOfANodesBreakersIsShown() {
        looked("n1", NodeState.UP);
        breaker("n1", Role.PRIMARY, MCP);
        open(breaker("n1", Role.PRIMARY, HA));

        assertThat(state("n1", BreakerState.CLOSED)).isEqualTo(BreakerState.OPEN);
        assertThat(state("n1", BreakerState.HALF_OPEN)).isEqualTo(BreakerState.OPEN);
        assertThat(state("n2", BreakerState.CLOSED)).isEqualTo(BreakerState.CLOSED);
        assertThat(state("n2", BreakerState.HALF_OPEN)).isEqualTo(BreakerState.HALF_OPEN);
    }

    private CallBreaker breaker(String node, Role role, String mode) {
        return Objects.requireNonNull(breakers.of(node, role, mode, mode));
    }

    private void looked(String node, NodeState state) {
        breakers.looked(
                new Seen(new NodeAddress(node, "db", 5432), state, false, null, null, null, BreakerState.CLOSED));
    }

    /** @param own the state of the node's own breaker */
    private BreakerState state(String node, BreakerState own) {
        NodeStatus status = new NodeStatus(
                new Node(node, "db", 5432, Role.PRIMARY, NodeState.UP, null, null),
                true,
                Distance.NEAR,
                false,
                1,
                "0/1",
                0L,
                0L,
                null,
                own);
        return breakers.shownIn(new Topology(
                        "main", Instant.EPOCH, List.of(status), null, node, false, Promotion.OF_OTHERS, null))
                .nodes()
                .get(0)
                .breaker();
    }

    private static void open(CallBreaker breaker) {
        fail(breaker, 50);
        assertThat(breaker.retryAfter()).isPositive();
    }

    private static void fail(CallBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.ended(breaker.enter(), 1, new SQLException("internal error", "XX000"));
        }
    }
}
