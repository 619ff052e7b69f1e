// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done again and again: sizes are looked at, exchanges are followed, what serves is looked after. What one of these
 * throws ends that try, and nothing else. Thread-safe.
 */
final class Upkeep {

    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    /** How often what serves is looked after. */
    private static final Duration CARE = Duration.ofSeconds(1);

    /** How often it is looked whether a pool has the right size. */
    private static final Duration SCALE = Duration.ofMillis(10);

    private final Threads threads;
    private final Supplier<List<Manager>> managers;
    private final Exchanges exchanges;
    private final Runnable reconcile;

    /** The last one that was told: the same one may come a hundred times a second. */
    private volatile String failure = "";

    /** @param reconcile lets what is the best now serve; may block */
    Upkeep(Threads threads, Supplier<List<Manager>> managers, Exchanges exchanges, Runnable reconcile) {
        this.threads = threads;
        this.managers = managers;
        this.exchanges = exchanges;
        this.reconcile = reconcile;
    }

    /** It ends with the threads. */
    void start() {
        every(SCALE, this::scale);
        every(CARE, this::care);
    }

    private void every(Duration pause, Runnable task) {
        threads.timer()
                .scheduleWithFixedDelay(() -> attempt(task), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A schedule ends for good with the first task that throws. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            if (!failure.equals(e.toString())) {
                failure = e.toString();
                LOG.warn("what is done again and again has failed, and goes on", e);
            }
        }
    }

    private void scale() {
        long now = System.nanoTime();
        managers.get().forEach(manager -> attempt(() -> manager.scale(now)));
        if (exchanges.look()) {
            threads.background().execute(this::obey);
        }
    }

    private void obey() {
        try {
            reconcile.run();
        } finally {
            exchanges.obeyed();
        }
    }

    private void care() {
        managers.get().forEach(manager -> threads.background().execute(() -> attempt(manager::care)));
    }
}
