// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes back the plain connections that nobody uses any more, each after its mode's leak limit, and names who had them. A
 * {@code read} or {@code write} has a deadline and needs no such limit. Looks each second: so exact is the limit.
 */
final class LeakWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeakWatch.class);

    private static final long INTERVAL_MS = 1_000;

    /** Takes the line about a leak, and the stack of its borrow where that is known. */
    interface Log {
        void warn(String line, @Nullable Throwable stack);
    }

    private final Threads threads;
    private final Supplier<List<Manager>> managers;
    private final Log log;
    private volatile @Nullable ScheduledFuture<?> looking;

    LeakWatch(Threads threads, Supplier<List<Manager>> managers) {
        this(threads, managers, LOG::warn);
    }

    LeakWatch(Threads threads, Supplier<List<Manager>> managers, Log log) {
        this.threads = threads;
        this.managers = managers;
        this.log = log;
    }

    /** Looks each second until it is closed. */
    void start() {
        looking =
                threads.timer().scheduleWithFixedDelay(this::lookNow, INTERVAL_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    private void lookNow() {
        try {
            look(System.nanoTime());
        } catch (RuntimeException e) {
            LOG.warn("forgotten connections could not be looked for; that is tried again", e);
        }
    }

    /** Does not block: connections come back in the background. */
    void look(long now) {
        for (Manager manager : managers.get()) {
            Duration limit = manager.settings().care().leakLimit();
            if (!limit.isZero()) {
                manager.lent().forEach(lent -> look(manager, lent, limit, now));
            }
        }
    }

    private void look(Manager manager, Lent lent, Duration limit, long now) {
        if (lent.holder() instanceof UcmConnection connection && connection.unused(now) > limit.toNanos()) {
            try {
                threads.background().execute(() -> takeBack(manager, connection, lent, limit, now));
            } catch (RejectedExecutionException e) {
                LOG.debug("{}: ends, and all its connections with it", manager.key());
            }
        }
    }

    private void takeBack(Manager manager, UcmConnection connection, Lent lent, Duration limit, long now) {
        long unusedMs = TimeUnit.NANOSECONDS.toMillis(connection.unused(now));
        if (unusedMs < limit.toMillis()) {
            return;
        }
        long heldMs = TimeUnit.NANOSECONDS.toMillis(now - connection.since());
        String account = "it went unused for %s, and leak.limit.ms is %s"
                .formatted(InWords.seconds(unusedMs), InWords.duration(limit.toMillis()));
        if (connection.takeBack(account)) {
            BorrowTrace trace = connection.trace();
            log.warn(
                    "%s: took a connection to %s back from bundle %s, which borrowed it at %s, %s ago: %s%s"
                            .formatted(
                                    manager.key(),
                                    lent.node(),
                                    connection.consumer(),
                                    Instant.now().minusMillis(heldMs).truncatedTo(ChronoUnit.MILLIS),
                                    InWords.seconds(heldMs),
                                    account,
                                    trace == null ? ". Where it was borrowed, borrow.trace=true would tell" : ""),
                    trace);
        }
    }

    @Override
    public void close() {
        ScheduledFuture<?> started = looking;
        if (started != null) {
            started.cancel(false);
        }
    }
}
