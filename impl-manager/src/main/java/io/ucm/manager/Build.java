// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One try to build a generation, on the thread that made it; any other may look at it and give it up.
 */
final class Build {

    /** How long opening a pool may take before it counts as failed. */
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(10);

    private static final Duration PROOF_LIMIT = Duration.ofSeconds(2);

    /** How long a new pool may take to open what the old one has in use. */
    private static final Duration WARM_LIMIT = Duration.ofSeconds(5);

    /** For how long it is looked, at least, how many are in use. */
    private static final Duration LEAST_WARM = Duration.ofMillis(50);

    /** How long the next one's turn is kept back until this one has all its connections. */
    private static final Duration FILL_LIMIT = Duration.ofSeconds(2);

    private static final Duration LOOK_EVERY = Duration.ofMillis(2);

    private final Blueprint blueprint;
    private final Thread builder = Thread.currentThread();
    private final long since = System.nanoTime();

    Build(Blueprint blueprint) {
        this.blueprint = blueprint;
    }

    Blueprint blueprint() {
        return blueprint;
    }

    /** It is not wanted any more. Only before it is over. */
    void giveUp() {
        builder.interrupt();
    }

    /** Why it takes too long; null: it does not. */
    @Nullable
    String hangs() {
        return System.nanoTime() - since <= OPEN_LIMIT.toNanos()
                ? null
                : "%s on %s has not opened a pool to %s within %d s"
                        .formatted(blueprint.pool(), blueprint.driver(), blueprint.node(), OPEN_LIMIT.toSeconds());
    }

    /**
     * Proves that what was opened beside another one can be used, and blocks until it has as many connections as are
     * needed, where they come in time.
     *
     * @param most how many connections it may have
     * @param needed how many those need who are there
     * @param awaited false: it is to serve as it is, or not at all
     */
    void warm(Generation built, int most, IntSupplier needed, BooleanSupplier awaited) throws SQLException {
        built.prove(PROOF_LIMIT);
        long start = System.nanoTime();
        while (awaited.getAsBoolean()) {
            int now = Math.min(most, needed.getAsInt());
            if (now > built.size()) {
                built.limit(now);
            }
            long warmed = System.nanoTime() - start;
            boolean warm = built.capacity() >= built.size() && warmed >= LEAST_WARM.toNanos();
            if (warm || warmed >= WARM_LIMIT.toNanos()) {
                return;
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /** Waits until what serves has all its connections, where they come in time. */
    void awaitFull(Generation serving, BooleanSupplier serves) {
        long deadline = System.nanoTime() + FILL_LIMIT.toNanos();
        while (serves.getAsBoolean() && serving.capacity() < serving.size() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }
}
