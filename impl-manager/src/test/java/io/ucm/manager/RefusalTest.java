// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ucm.spi.ConnectionPoolFactory;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.osgi.service.jdbc.DataSourceFactory;

/** Pools and drivers that are no good, while those before them serve. */
class RefusalTest {

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final Slot<ConnectionPoolFactory> pools = new Slot<>(Core.POOL);
    private final Slot<DataSourceFactory> drivers = new Slot<>(Core.DRIVER);
    private final Exchanges exchanges = new Exchanges(bench.threads, new Events(), () -> bench.manager.lanes());

    private <S> Part<S> arrive(Slot<S> slot, String name, int ranking, S service) {
        Part<S> named = TestParts.part(name, ranking, ranking);
        slot.add(named.reference(), service);
        exchanges.notice(slot, () -> slot.best().orElseThrow());
        return slot.best().orElseThrow();
    }

    private void serve() {
        arrive(pools, "pool", 0, bench.pools);
        arrive(drivers, "driver", 0, bench.server.factory());
        wantTheBest();
        Awaitility.await().until(() -> bench.manager.generations().isSettled(null));
    }

    private void wantTheBest() {
        List<Exchange> noticed = exchanges.noticed();
        bench.want(pools.best().orElseThrow(), drivers.best().orElseThrow());
        exchanges.asked(noticed);
    }

    private SwapReport.Outcome lastOutcome() {
        exchanges.look();
        return exchanges.all().get(exchanges.all().size() - 1).outcome();
    }

    @Test
    void whatNobodyWasAskedForYetDoesNotServeAlthoughNothingElseDoes() {
        serve();
        pools.remove(pools.best().orElseThrow().reference());
        exchanges.notice(pools, () -> null);
        bench.manager.generations().park("the slot is empty");
        Awaitility.await().until(() -> bench.manager.generations().isSettled(null));

        arrive(pools, "what comes next", 1, bench.pools);
        assertThat(lastOutcome()).isEqualTo(SwapReport.Outcome.RUNNING);

        wantTheBest();
        Awaitility.await().until(() -> lastOutcome() == SwapReport.Outcome.DONE);
        assertThat(bench.manager.generations().current()).isNotNull();
    }

    @Test
    void ofTwoNewPartsTheLaterIsRefusedAndTheOtherHasATry() {
        serve();
        bench.server.onConnect = () -> {
            throw new SQLException("not today", "08001");
        };
        arrive(pools, "newer pool", 1, bench.pools);
        arrive(drivers, "newer driver", 1, bench.server.factory());
        wantTheBest();
        Awaitility.await().until(exchanges::look);
        assertThat(exchanges.all())
                .extracting(SwapReport::to, SwapReport::outcome)
                .containsExactly(
                        tuple("newer driver 1.0.0", SwapReport.Outcome.ROLLED_BACK),
                        tuple("newer pool 1.0.0", SwapReport.Outcome.RUNNING));
        assertThat(exchanges.look()).as("before that is obeyed").isFalse();

        bench.server.onConnect = () -> {};
        wantTheBest();
        exchanges.obeyed();

        Awaitility.await().until(() -> {
            exchanges.look();
            return exchanges.all().stream().noneMatch(report -> report.outcome() == SwapReport.Outcome.RUNNING);
        });
        assertThat(exchanges.all())
                .extracting(SwapReport::outcome)
                .containsExactly(SwapReport.Outcome.ROLLED_BACK, SwapReport.Outcome.DONE);
        assertThat(bench.manager.generations().current().blueprint().pool())
                .isEqualTo(pools.best().orElseThrow());
    }

    @Test
    void theOnlyPartIsNotRefused() {
        serve();
        bench.server.onConnect = () -> {
            throw new SQLException("not today", "08001");
        };
        Part<ConnectionPoolFactory> before = pools.best().orElseThrow();
        Part<ConnectionPoolFactory> newer = arrive(pools, "newer pool", 1, bench.pools);
        pools.remove(before.reference());
        wantTheBest();
        Awaitility.await().until(() -> bench.manager.generations().refusal(newer.reference()) != null);

        assertThat(exchanges.look()).isFalse();
        bench.server.onConnect = () -> {};
        Awaitility.await()
                .until(() ->
                        bench.manager.generations().current().blueprint().pool().equals(newer));
    }

    @Test
    void withNothingThatServesAPoolIsRefusedForItsOwnFault() {
        serve();
        bench.manager.generations().park("it left");
        arrive(pools, "newer pool", 1, (settings, source) -> {
            throw new SQLException("broken", "08001");
        });
        wantTheBest();

        Awaitility.await().until(exchanges::look);

        wantTheBest();
        Awaitility.await().until(() -> bench.manager.generations().isSettled(null));
    }

    @Test
    void withNothingThatServesAnOutageIsNobodysFault() {
        serve();
        bench.manager.generations().park("it left");
        AtomicInteger connects = new AtomicInteger();
        bench.server.onConnect = () -> {
            connects.incrementAndGet();
            throw new SQLException("not today", "08001");
        };
        Part<ConnectionPoolFactory> newer = arrive(pools, "newer pool", 1, bench.pools);
        wantTheBest();
        Awaitility.await().until(() -> connects.get() > 3);

        assertThat(bench.manager.generations().refusal(newer.reference())).isNull();
        bench.server.onConnect = () -> {};
        Awaitility.await().until(() -> bench.manager.generations().isSettled(null));
    }
}
