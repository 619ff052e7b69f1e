// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.lang.ref.WeakReference;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the pool of one lane the size that its {@link SizeControl} finds. Thread-safe.
 *
 * <p>Invariant: while {@code changing}, a change is on its way on another thread, and nothing else is decided. Fewer
 * callers are let in at once; the connections that this frees are closed only when they were not needed for a while, so
 * that a try costs none.
 */
final class Autoscaler {

    private static final Logger LOG = LoggerFactory.getLogger(Autoscaler.class);

    private static final long SELDOM = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINGER = TimeUnit.SECONDS.toNanos(5);

    private final ManagerKey key;
    private final Threads threads;
    private final Gate gate;
    private final Generations generations;
    private final Supplier<SizeLimits> limits;
    private final Rooms rooms;
    private final Decisions decisions;

    /** Guarded by this, as all that follows. */
    private @Nullable SizeControl control;

    private boolean changing;
    private long lookedAt = System.nanoTime();

    /** The largest size since {@code neededSince}. */
    private int needed;

    private long neededSince = System.nanoTime();

    /** The last one that was looked at; weak, because its class keeps the driver's bundle, which may have gone. */
    private WeakReference<SQLException> refusal = new WeakReference<>(null);

    Autoscaler(
            ManagerKey key,
            Threads threads,
            Gate gate,
            Generations generations,
            Supplier<SizeLimits> limits,
            Rooms rooms,
            Decisions decisions) {
        this.key = key;
        this.threads = threads;
        this.gate = gate;
        this.generations = generations;
        this.limits = limits;
        this.rooms = rooms;
        this.decisions = decisions;
    }

    /** With how many connections a pool is opened: with those that the last one has now. See {@link Builder.Sizing}. */
    synchronized IntSupplier sizeToOpen(Blueprint blueprint, boolean beside) {
        int size = limits.get().within(control == null ? blueprint.session().poolSize() : control.size());
        return () -> beside ? Math.max(1, rooms.of(blueprint.node()).take(size, blueprint::connect)) : size;
    }

    /** Looks what is to change; often, and it blocks for nothing. */
    synchronized void look(long now) {
        Generation serving = generations.current();
        if (serving == null || changing) {
            return;
        }
        if (control == null) {
            control = new SizeControl(serving.size(), limits.get(), now);
        }
        if (gate.waiting() == 0 && !control.isBusy() && now - lookedAt < SELDOM || isFixed(serving)) {
            return;
        }
        lookedAt = now;
        if (control.size() != serving.size()) {
            control.opened(serving.size(), now);
        }
        SizeChange change = decide(serving, control, now);
        if (control.takeMark()) {
            gate.mark(now);
        }
        if (change != null) {
            begin(() -> change(serving, change));
        } else {
            closeSurplus(serving, now);
        }
    }

    /** What a try may want again in a moment stays. */
    private void closeSurplus(Generation serving, long now) {
        needed = Math.max(needed, serving.size());
        if (now - neededSince < LINGER) {
            return;
        }
        int enough = needed;
        needed = serving.size();
        neededSince = now;
        if (enough < serving.pool().stats().max()) {
            begin(() -> serving.closeBeyond(enough));
        }
    }

    private boolean isFixed(Generation serving) {
        SizeLimits now = limits.get();
        return now.min() == now.max()
                && serving.size() == now.min()
                && serving.pool().stats().max() == now.min();
    }

    private @Nullable SizeChange decide(Generation serving, SizeControl by, long now) {
        Connections connections = serving.connections();
        SizeChange change = by.limit(limits.get(), now);
        SQLException failure = connections.failure();
        if (change == null && failure != null && failure != refusal.get()) {
            refusal = new WeakReference<>(failure);
            if (SqlStates.TOO_MANY_CONNECTIONS.equals(failure.getSQLState())) {
                change = by.refused(connections.size(), now);
            }
        }
        return change != null ? change : by.look(gate.load(now, serving.capacity(), connections.connectNanos()));
    }

    private void begin(Runnable work) {
        changing = true;
        try {
            threads.background().execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException | LinkageError e) {
                    LOG.warn("{}: the pool could not be resized", key, e);
                } finally {
                    done();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: ends, and is not resized any more", key);
        }
    }

    private synchronized void done() {
        changing = false;
    }

    private void change(Generation serving, SizeChange change) {
        Blueprint blueprint = serving.blueprint();
        int has = serving.pool().stats().max();
        int to = change.to();
        String without = "";
        if (to > has) {
            int given = rooms.of(blueprint.node()).take(to - has, blueprint::connect);
            if (given < to - has) {
                without = "; the server has room for %d more, not %d".formatted(given, to - has);
                to = has + given;
                given(to);
            }
        }
        if (change.why() != null) {
            decided(blueprint.node().id(), change.from(), to, change.why() + without);
        }
        generations.limit(serving, to);
    }

    private synchronized void given(int size) {
        if (control != null) {
            control.given(size, System.nanoTime());
        }
    }

    private void decided(String node, int from, int to, String why) {
        decisions.add(new Decisions.Decision(Instant.now(), node, from, to, why));
        LOG.debug("{} at {}: {} instead of {} connections: {}", key, node, to, from, why);
    }
}
