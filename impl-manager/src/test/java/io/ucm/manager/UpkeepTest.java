// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.ConnectionPool;
import io.ucm.spi.ConnectionSource;
import io.ucm.spi.HealthMonitor;
import io.ucm.spi.PoolSettings;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What goes on although something else fails. */
@Timeout(30)
class UpkeepTest {

    @RegisterExtension
    final Workbench failing = new Workbench(Map.of());

    @RegisterExtension
    final Workbench bench = new Workbench(Map.of());

    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicInteger failures = new AtomicInteger();
    private final Slot<HealthMonitor> slot = new Slot<>("health");
    private final AtomicBoolean unknown = new AtomicBoolean();
    private final Exchanges exchanges = new Exchanges(bench.threads, new Events(), this::lanes);

    /** Fails where the upkeep itself asks: who watches the gaps of an exchange asks each millisecond. */
    private List<Lane> lanes() {
        if (unknown.get() && Thread.currentThread().getName().startsWith("ucm-timer-")) {
            failures.incrementAndGet();
            throw new StackOverflowError();
        }
        return List.of();
    }

    @AfterEach
    void mend() {
        broken.set(false);
    }

    @Test
    void poolsKeepTheirSizeAndExchangesTheirEndWhileAnotherPoolFails() {
        failing.manager.resize(new SizeLimits(2, 2));
        failing.want(Workbench.part(this::open), Workbench.part(failing.server.factory()));
        Awaitility.await().until(() -> failing.manager.generations().isSettled(null));
        bench.serve();
        broken.set(true);
        start();
        Awaitility.await().until(() -> failures.get() > 1);

        bench.manager.resize(new SizeLimits(3, 3));
        exchange(1);

        Awaitility.await().until(() -> bench.manager.generations().current().size() == 3);
        awaitDone(1);
    }

    @Test
    void anExchangeIsFollowedAfterOneThatFailed() {
        exchange(1);
        unknown.set(true);
        start();
        Awaitility.await().until(() -> failures.get() > 0);
        unknown.set(false);

        exchange(2);

        awaitDone(1);
    }

    private void start() {
        new Upkeep(bench.threads, () -> List.of(failing.manager, bench.manager), exchanges, () -> {}).start();
    }

    /** Another monitor comes, better than what was there. */
    private void exchange(int ranking) {
        for (int better = ranking - 1; better <= ranking; better++) {
            Part<HealthMonitor> part = TestParts.part("monitor", better, better);
            slot.add(part.reference(), part.service());
            exchanges.notice(slot, () -> slot.best().orElseThrow());
        }
    }

    private void awaitDone(int count) {
        Awaitility.await()
                .until(() -> exchanges.all().stream()
                                .filter(report -> report.outcome() == SwapReport.Outcome.DONE)
                                .count()
                        == count);
    }

    /** A pool that can't tell of itself while it is broken. */
    private ConnectionPool open(PoolSettings settings, ConnectionSource source) throws SQLException {
        ConnectionPool pool = failing.pools.open(settings, source);
        return (ConnectionPool) Proxy.newProxyInstance(
                ConnectionPool.class.getClassLoader(), new Class<?>[] {ConnectionPool.class}, (self, method, args) -> {
                    if (broken.get() && method.getName().equals("stats")) {
                        failures.incrementAndGet();
                        throw new IllegalStateException("not now");
                    }
                    return method.invoke(pool, args);
                });
    }
}
