// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Role;
import io.ucm.spi.CallBreaker;
import io.ucm.spi.TopologyWatch;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Keeps a breaker for each use of a node, which does what a test says and remembers what it is told. */
final class FakeBreakers implements TopologyWatch {

    /** What was asked for, as {@code node role mode basedOn}. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    private final Map<String, FakeBreaker> breakers = new ConcurrentHashMap<>();

    static final class FakeBreaker implements CallBreaker {

        static final Duration RETRY_AFTER = Duration.ofMillis(1_200);

        /** What it was told, in order. */
        final List<String> told = new CopyOnWriteArrayList<>();

        final List<Duration> statements = new CopyOnWriteArrayList<>();

        /** How many it lets through, though it is no longer open. */
        final AtomicInteger leaves = new AtomicInteger(Integer.MAX_VALUE);

        volatile boolean open;

        @Override
        public long retryAfter() {
            return open ? RETRY_AFTER.toNanos() : 0;
        }

        @Override
        public long enter() {
            return open || leaves.getAndDecrement() <= 0 ? -RETRY_AFTER.toNanos() : 7;
        }

        @Override
        public void ended(long leave, long nanos, @Nullable SQLException failure) {
            told.add(failure == null ? "well" : failure.getSQLState());
            statements.add(Duration.ofNanos(nanos));
        }

        @Override
        public void interrupted(long leave, long nanos) {
            told.add("interrupted");
            statements.add(Duration.ofNanos(nanos));
        }
    }

    /** The breaker of that node in that role. */
    FakeBreaker of(String node, Role role) {
        return breakers.computeIfAbsent(node + " " + role, name -> new FakeBreaker());
    }

    @Override
    public CallBreaker breaker(String node, Role role, String mode, String basedOn) {
        asked.add("%s %s %s %s".formatted(node, role, mode, basedOn));
        return of(node, role);
    }

    @Override
    public void failed(String node, SQLException failure) {}

    @Override
    public void close() {}
}
