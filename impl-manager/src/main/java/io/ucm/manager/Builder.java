// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds what is to serve one manager: takes a spare, or opens a generation, beside the one that serves where there is one;
 * tries again while it is wanted. Thread-safe; {@link #build} blocks.
 *
 * <p>Invariant: what was given up never serves, and {@code building} was not given up. Both change under the lock of this
 * object, under which nothing is opened, closed or asked for that takes another one.
 */
final class Builder {

    private static final Logger LOG = LoggerFactory.getLogger(Builder.class);

    private static final Duration RETRY = Duration.ofMillis(250);

    /** How long one waits for another one's exchange before it begins its own. */
    private static final Duration TURN_LIMIT = Duration.ofSeconds(2);

    /** Says with how many connections a generation is opened. */
    @FunctionalInterface
    interface Sizing {

        /**
         * What is wanted is read now. The answer says how much of it there is room for, and may block while the server is asked,
         * where it is opened beside another one.
         */
        IntSupplier sizeOf(Blueprint blueprint, boolean beside);
    }

    private final ManagerKey key;
    private final Generations generations;
    private final Gate gate;
    private final Threads threads;
    private final BiConsumer<NodeAddress, SQLException> lost;
    private final Sizing sizing;
    private final Spares spares;

    /** What is built at this moment; null: nothing. */
    private @Nullable Build building;

    /** All that run, those too that were given up. */
    private final List<Build> builds = new ArrayList<>();

    /** What serves, but opens connections still; null: nothing does. */
    private @Nullable Generation filling;

    /** The old one leaves: what is wanted serves as soon as it can, warm or not. */
    private volatile boolean hurried;

    /** Whether one has served. */
    private volatile boolean served;

    /**
     * @param generations where what was built comes to serve; not used before the first build
     * @param lost told of each connection that broke, or could not be opened; must not block
     */
    Builder(
            ManagerKey key,
            Generations generations,
            Gate gate,
            Threads threads,
            BiConsumer<NodeAddress, SQLException> lost,
            Sizing sizing) {
        this.key = key;
        this.generations = generations;
        this.gate = gate;
        this.threads = threads;
        this.lost = lost;
        this.sizing = sizing;
        this.spares = new Spares(generations.open(), threads.background(), this::openSpare, generations::tell);
    }

    /** What is opened to nodes that may follow. */
    Spares spares() {
        return spares;
    }

    /** No larger than those who wait need it now; what a primary needs more is opened once it is one. */
    private Generation openSpare(Blueprint blueprint) throws SQLException {
        int size = sizing.sizeOf(blueprint, true).getAsInt();
        return Generation.open(blueprint, Math.min(size, Math.max(1, gate.waiting())), threads.background(), lost);
    }

    /** Whoever builds something is to stop it, since it is not wanted any more. */
    synchronized void giveUp() {
        hurried = false;
        if (building != null) {
            building.giveUp();
            building = null;
        }
    }

    /** What is wanted serves as soon as it can, until something else is wanted. */
    void hurry() {
        hurried = true;
    }

    boolean isHurried() {
        return hurried;
    }

    /** Whether connections of that part may be being opened. */
    synchronized boolean isUsing(ServiceReference<?> part) {
        return spares.use(part)
                || builds.stream().anyMatch(build -> build.blueprint().uses(part));
    }

    /** Whether what serves has not opened all its connections yet, and they come in time. */
    synchronized boolean isFilling() {
        return filling != null;
    }

    /** Why what is being built takes too long; null: it does not. */
    @Nullable
    synchronized String hangs() {
        return building == null ? null : building.hangs();
    }

    /** Returns when it serves, with all its connections where they come in time, or will be tried again, or is not wanted. */
    void build(Blueprint blueprint) {
        Build build = begin(blueprint);
        if (build != null && generations.current() != null) {
            threads.inTurn(TURN_LIMIT, () -> hurried, () -> run(build, true));
        } else if (build != null && served) {
            // Where nobody waits, those come first for whom somebody does.
            threads.inTurn(TURN_LIMIT, () -> hurried || gate.waiting() > 0, () -> run(build, false));
        } else if (build != null) {
            run(build, false);
        }
    }

    /** Null: it is not wanted any more, or serves, or somebody builds it already. */
    private synchronized @Nullable Build begin(Blueprint blueprint) {
        Generation serving = generations.current();
        if (!generations.isWanted(blueprint)
                || serving != null && serving.blueprint().equals(blueprint)
                || building != null && building.blueprint().equals(blueprint)) {
            return null;
        }
        building = new Build(blueprint);
        builds.add(building);
        return building;
    }

    private void run(Build build, boolean beside) {
        if (!takeSpare(build)) {
            open(build, beside);
        }
    }

    /** Whether nothing is left to be done: a spare serves, or nothing is wanted any more. */
    private boolean takeSpare(Build build) {
        Generation spare;
        try {
            spare = spares.take(build.blueprint());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            over(build);
            return true;
        }
        if (spare == null) {
            return false;
        }
        if (over(build)) {
            // As soon as it serves, its own size is the last one.
            serve(build, spare, sizing.sizeOf(build.blueprint(), true));
        } else {
            generations.open().close(spare);
        }
        return true;
    }

    /** Beside another one it opens no more at first than are in use, and the rest when the other one lets go. */
    private void open(Build build, boolean beside) {
        Blueprint blueprint = build.blueprint();
        OpenGenerations open = generations.open();
        Generation built = null;
        int size;
        AtomicBoolean outOfReach = new AtomicBoolean();
        BiConsumer<NodeAddress, SQLException> told = lost.andThen((node, failure) -> outOfReach.set(true));
        try {
            size = sizing.sizeOf(blueprint, !open.isEmpty()).getAsInt();
            built = Generation.open(blueprint, beside ? Math.min(size, needed()) : size, threads.background(), told);
            open.add(built);
            if (beside) {
                build.warm(built, size, this::needed, () -> isAwaited(build));
            }
        } catch (SQLException | RuntimeException | Error e) {
            // An error, too: what nobody builds any more would never be built again.
            boolean wanted = over(build);
            if (built != null) {
                open.close(built);
            }
            if (wanted && generations.failed(blueprint, e, !outOfReach.get())) {
                tryAgain(blueprint);
            }
            return;
        }
        if (over(build)) {
            serve(build, built, () -> size);
        } else {
            open.close(built);
        }
    }

    /**
     * The next one's turn comes when it is full.
     *
     * @param size answers once it serves: that may block
     */
    private void serve(Build build, Generation built, IntSupplier size) {
        filling(built);
        try {
            if (!generations.install(built)) {
                generations.open().close(built);
                return;
            }
            served = true;
            int wanted = size.getAsInt();
            if (wanted > built.size()) {
                generations.limit(built, wanted);
            }
            build.awaitFull(built, () -> built == generations.current());
        } finally {
            filled(built);
        }
    }

    private synchronized void filling(Generation serving) {
        filling = serving;
    }

    private synchronized void filled(Generation serving) {
        if (filling == serving) {
            filling = null;
        }
    }

    private void tryAgain(Blueprint blueprint) {
        threads.timer()
                .schedule(
                        () -> threads.background().execute(() -> build(blueprint)),
                        RETRY.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** How many connections those need who are there. */
    private int needed() {
        Generation serving = generations.current();
        return serving == null ? 1 : Math.max(1, gate.waiting() > 0 ? serving.capacity() : serving.borrowed());
    }

    /** Whether another one serves until it is warm. */
    private synchronized boolean isAwaited(Build build) {
        return generations.current() != null && building == build && !hurried;
    }

    /** Nobody interrupts this thread any more; false: it was given up. */
    private boolean over(Build build) {
        boolean wanted;
        synchronized (this) {
            wanted = building == build;
            if (wanted) {
                building = null;
            }
            builds.remove(build);
            if (Thread.interrupted()) {
                LOG.debug(
                        "{}: {} is not wanted any more", key, build.blueprint().pool());
            }
        }
        generations.tell();
        return wanted;
    }
}
