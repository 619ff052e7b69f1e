// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.PoolStats;
import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * One way from a manager to a node: a gate, and what serves behind it. The lane to the primary follows the primary from
 * node to node; a lane to a replica belongs to that node. Thread-safe.
 */
final class Lane {

    private static final Duration AVOIDED = Duration.ofMillis(500);

    private final boolean toPrimary;
    private final Gate gate;
    private final Generations generations;
    private final Autoscaler autoscaler;
    private final LaneBreaker breaker;
    private volatile long avoidedUntil = System.nanoTime();

    Lane(
            ManagerKey key,
            boolean toPrimary,
            Threads threads,
            BiConsumer<NodeAddress, SQLException> lost,
            Supplier<Care> care,
            Supplier<SizeLimits> limits,
            Rooms rooms,
            Decisions decisions,
            LaneBreaker breaker,
            Runnable turned) {
        this.toPrimary = toPrimary;
        this.breaker = breaker;
        this.gate = new Gate(() -> care.get().consumerSharePercent());
        this.generations = new Generations(key, gate, threads, care, lost, this::sizeToOpen, turned);
        this.autoscaler = new Autoscaler(key, threads, gate, generations, limits, rooms, decisions);
    }

    private IntSupplier sizeToOpen(Blueprint blueprint, boolean beside) {
        return autoscaler.sizeToOpen(blueprint, beside);
    }

    /** Looks whether it has the right size. */
    void scale(long now) {
        autoscaler.look(now);
    }

    boolean toPrimary() {
        return toPrimary;
    }

    Gate gate() {
        return gate;
    }

    Generations generations() {
        return generations;
    }

    LaneBreaker breaker() {
        return breaker;
    }

    /** How long the breaker of what serves is likely to turn callers away, in nanoseconds; 0: it doesn't. */
    long retryAfter() {
        Generation now = generations.current();
        return now == null ? 0 : breaker.retryAfter(now.blueprint().node());
    }

    /** A borrow failed: others are asked first for a moment. */
    void avoid() {
        avoidedUntil = System.nanoTime() + AVOIDED.toNanos();
    }

    /** Whether it can take a read now. */
    boolean serves() {
        return generations.capacity() > 0 && avoidedUntil - System.nanoTime() <= 0 && retryAfter() == 0;
    }

    /** How many wait for each of its connections. */
    double crowd() {
        return gate.waiting() / (double) Math.max(1, generations.capacity());
    }

    /** @param sizeWithout the most connections where nothing serves */
    PoolStats stats(int sizeWithout) {
        Generation now = generations.current();
        if (now == null) {
            return new PoolStats(0, 0, gate.waiting(), sizeWithout);
        }
        PoolStats stats = now.pool().stats();
        return new PoolStats(stats.active(), stats.idle(), gate.waiting(), stats.max());
    }
}
