// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.CacheKey;
import io.ucm.spi.CacheLevels;
import io.ucm.spi.CacheLevels.Invalidated;
import io.ucm.spi.CacheLevelsFactory;
import io.ucm.spi.CacheSettings;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The caches of one cluster: the levels of each of its modes, from the part in the slot {@code cache} if there is one.
 * Thread-safe; only {@link #use} blocks, as long as the part takes to close what it had opened.
 *
 * <p>Invariant: each invalidation is told to the part that serves, or is in {@code missed}; a new part serves only after
 * it was told all that was missed. {@code serving}, {@code opening} and {@code missed} change under the lock of this
 * object, under which nobody outside is called; {@code changing} lets one exchange follow the other.
 */
final class ClusterCaches implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterCaches.class);

    /** A part and what was opened of it, by mode. */
    private record Opened(
            Part<CacheLevelsFactory> part,
            Instant since,
            Set<CacheSettings> settings,
            Map<String, CacheLevels> levels) {

        /** Whether it is what would be opened now. */
        boolean is(@Nullable Part<CacheLevelsFactory> other, Set<CacheSettings> wanted) {
            return other != null && part.reference().equals(other.reference()) && settings.equals(wanted);
        }
    }

    private final String cluster;
    private final Answers answers;
    private final Object changing = new Object();
    private final Flights flights = new Flights();
    private final MissedInvalidations missed = new MissedInvalidations();
    private volatile @Nullable Opened serving;
    private @Nullable Opened opening;

    /** Guarded by {@code changing}. */
    private boolean closed;

    ClusterCaches(String cluster, Answers answers) {
        this.cluster = cluster;
        this.answers = answers;
    }

    /** The loads that run now. */
    Flights flights() {
        return flights;
    }

    /** The levels of that mode; null while no part serves. */
    @Nullable
    CacheLevels levels(String mode) {
        Opened now = serving;
        return now == null ? null : now.levels().get(mode);
    }

    Answers answers() {
        return answers;
    }

    /** Since when a part serves; null while none does. */
    @Nullable
    Instant since() {
        Opened now = serving;
        return now == null ? null : now.since();
    }

    /** Uses what the slot has from now on, with levels for these modes. */
    void use(Slot<CacheLevelsFactory> slot, Set<CacheSettings> settings) {
        synchronized (changing) {
            use(closed ? null : slot.best().orElse(null), settings);
        }
    }

    @Override
    public void close() {
        synchronized (changing) {
            closed = true;
            use((Part<CacheLevelsFactory>) null, Set.of());
        }
    }

    private void use(@Nullable Part<CacheLevelsFactory> part, Set<CacheSettings> settings) {
        Opened before;
        synchronized (this) {
            before = opening != null ? opening : serving;
            if (before == null ? part == null : before.is(part, settings)) {
                return;
            }
            serving = null;
            opening = null;
        }
        if (before != null) {
            close(before);
        }
        if (part != null) {
            open(part, settings);
        }
    }

    private void open(Part<CacheLevelsFactory> part, Set<CacheSettings> settings) {
        Map<String, CacheLevels> levels = new HashMap<>();
        Opened opened = new Opened(part, Instant.now(), settings, levels);
        try {
            settings.forEach(mode -> levels.put(mode.mode(), part.service().open(mode)));
        } catch (RuntimeException | LinkageError e) {
            LOG.error("cluster '{}': {} opens no cache", cluster, part, e);
            close(opened);
            return;
        }
        synchronized (this) {
            opening = opened;
        }
        catchUp(opened);
    }

    /** Tells what was missed, until nothing is; then it serves. */
    private void catchUp(Opened opened) {
        Invalidated told;
        synchronized (this) {
            if (opening != opened) {
                return;
            }
            told = missed.take();
            if (told.isEmpty() || opened.levels().isEmpty()) {
                missed.add(told);
                opening = null;
                serving = opened;
                return;
            }
        }
        CacheLevels any = opened.levels().values().iterator().next();
        tell(any, told).whenComplete((done, failure) -> {
            if (failure == null) {
                catchUp(opened);
            } else {
                LOG.warn(
                        "cluster '{}': {} takes no invalidation, so it does not serve",
                        cluster,
                        opened.part(),
                        failure);
                synchronized (this) {
                    missed.add(told);
                }
            }
        });
    }

    private CompletionStage<Void> tell(CacheLevels levels, Invalidated missed) {
        return answers.to(() -> missed.all() ? levels.invalidateAll() : levels.invalidate(missed.keys()));
    }

    /** Drops these keys for all modes, or remembers them for the next part. */
    CompletionStage<Void> invalidate(Collection<CacheKey> keys) {
        flights.forget(keys);
        return invalidated(new Invalidated(Set.copyOf(keys), false));
    }

    /** Drops everything for all modes, or lets the next part do so. */
    void invalidateAll(String why) {
        LOG.warn("cluster '{}': {}: all that is cached is dropped", cluster, why);
        flights.forgetAll();
        invalidated(new Invalidated(Set.of(), true)).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("cluster '{}': its caches could not be emptied", cluster, failure);
            }
        });
    }

    private CompletionStage<Void> invalidated(Invalidated dropped) {
        Opened now;
        synchronized (this) {
            now = serving;
            if (now == null || now.levels().isEmpty()) {
                missed.add(dropped);
                return CompletableFuture.completedFuture(null);
            }
        }
        CacheLevels any = now.levels().values().iterator().next();
        return tell(any, dropped)
                .handle((done, failure) -> failure == null
                        ? CompletableFuture.<Void>completedFuture(null)
                        : refused(now, dropped, failure))
                .thenCompose(stage -> stage);
    }

    /** Who was told has left: the next one is told, or will be. */
    private CompletionStage<Void> refused(Opened by, Invalidated dropped, Throwable failure) {
        synchronized (this) {
            if (serving == by) {
                missed.add(dropped);
                return CompletableFuture.failedFuture(failure);
            }
        }
        return invalidated(dropped);
    }

    /** What its shared level has not heard of is told to the next one. */
    private void close(Opened opened) {
        opened.levels().values().forEach(levels -> close(opened, levels));
        Invalidated untold = untold(opened);
        synchronized (this) {
            missed.add(untold);
        }
    }

    private void close(Opened opened, CacheLevels levels) {
        try {
            levels.close();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("cluster '{}': a cache of {} could not be closed", cluster, opened.part(), e);
        }
    }

    /** Any of them speaks for the cluster; where it can't, everything counts. */
    private Invalidated untold(Opened opened) {
        try {
            return opened.levels().isEmpty()
                    ? Invalidated.NOTHING
                    : opened.levels().values().iterator().next().untold();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("cluster '{}': {} can't say what it has not told others, so all is", cluster, opened.part(), e);
            return new Invalidated(Set.of(), true);
        }
    }
}
