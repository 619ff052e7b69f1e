// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Generations to the nodes that may come to be the primary, opened while there is none: a session on a standby outlives its
 * promotion, so that nobody who waits has to wait for a connect as well. None of them serves before it is taken. Thread-safe;
 * only {@link #take} blocks.
 *
 * <p>Invariant: a spare is in {@code wanted}, under its blueprint, or was taken, or is closed, as soon as it is open. What
 * changes {@code wanted} holds the lock of this object, under which nothing is opened or closed.
 */
final class Spares {

    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    /** Opens one, without anybody who waits for it. */
    @FunctionalInterface
    interface Opener {

        /** Blocks until its first connection is made. */
        Generation open(Blueprint blueprint) throws SQLException;
    }

    private final OpenGenerations open;
    private final Executor background;
    private final Opener opener;
    private final Runnable changed;
    private final Map<Blueprint, CompletableFuture<Generation>> wanted = new HashMap<>();

    /** What is being opened, wanted or not; guarded by this, too. */
    private final List<Blueprint> opening = new ArrayList<>();

    /**
     * @param open where those that are open are kept as well
     * @param changed run, without a lock, after each that was opened, or could not be
     */
    Spares(OpenGenerations open, Executor background, Opener opener, Runnable changed) {
        this.open = open;
        this.background = background;
        this.opener = opener;
        this.changed = changed;
    }

    /** Opens what is missing of these, and closes what is none of them. One that can't be opened is left out. */
    void want(Collection<Blueprint> blueprints) {
        List<CompletableFuture<Generation>> others;
        synchronized (this) {
            others = removeBut(blueprints::contains);
            for (Blueprint blueprint : blueprints) {
                wanted.computeIfAbsent(blueprint, this::begin);
            }
        }
        others.forEach(this::discard);
    }

    /** Closes what is none of these, and opens nothing. */
    void retain(Predicate<Blueprint> which) {
        List<CompletableFuture<Generation>> others;
        synchronized (this) {
            others = removeBut(which);
        }
        others.forEach(this::discard);
    }

    /** Under the lock. */
    private List<CompletableFuture<Generation>> removeBut(Predicate<Blueprint> which) {
        List<CompletableFuture<Generation>> others = new ArrayList<>();
        for (Blueprint spare : List.copyOf(wanted.keySet())) {
            if (!which.test(spare)) {
                others.add(wanted.remove(spare));
            }
        }
        return others;
    }

    /** Under the lock. */
    private CompletableFuture<Generation> begin(Blueprint blueprint) {
        CompletableFuture<Generation> spare = new CompletableFuture<>();
        opening.add(blueprint);
        try {
            background.execute(() -> open(blueprint, spare));
        } catch (RejectedExecutionException e) {
            opening.remove(blueprint);
            spare.completeExceptionally(e);
        }
        return spare;
    }

    private void open(Blueprint blueprint, CompletableFuture<Generation> spare) {
        Generation opened = null;
        try {
            opened = opener.open(blueprint);
            open.add(opened);
        } catch (SQLException | RuntimeException | LinkageError e) {
            LOG.debug("{} has no spare connections", blueprint.node(), e);
        } finally {
            opened(blueprint, spare, opened);
        }
    }

    /** Whatever came of it: who waits for it must not wait for ever. */
    private void opened(Blueprint blueprint, CompletableFuture<Generation> spare, @Nullable Generation opened) {
        synchronized (this) {
            opening.remove(blueprint);
            if (opened == null) {
                wanted.remove(blueprint, spare);
            }
        }
        spare.complete(opened);
        changed.run();
    }

    /**
     * The one of that blueprint, which is the caller's from now on; null: there is none, or it has no connection. Blocks while it
     * is being opened.
     */
    @Nullable
    Generation take(Blueprint blueprint) throws InterruptedException {
        CompletableFuture<Generation> spare;
        synchronized (this) {
            spare = wanted.get(blueprint);
        }
        if (spare == null) {
            return null;
        }
        Generation opened = opened(spare);
        synchronized (this) {
            if (!wanted.remove(blueprint, spare) || opened == null) {
                return null;
            }
        }
        if (opened.capacity() == 0) {
            discard(spare);
            return null;
        }
        return opened;
    }

    private static @Nullable Generation opened(CompletableFuture<Generation> spare) throws InterruptedException {
        try {
            return spare.get();
        } catch (ExecutionException e) {
            return null;
        }
    }

    private void discard(CompletableFuture<Generation> spare) {
        spare.thenAccept(opened -> {
            if (opened != null) {
                close(opened);
            }
        });
    }

    /** In the background; or right here, once nothing runs there any more. */
    private void close(Generation opened) {
        try {
            background.execute(() -> open.close(opened));
        } catch (RejectedExecutionException e) {
            open.close(opened);
        }
    }

    /** Whether that is one of them. */
    synchronized boolean include(Generation generation) {
        return wanted.values().stream()
                .anyMatch(spare -> !spare.isCompletedExceptionally() && generation.equals(spare.getNow(null)));
    }

    /** What they are opened from. */
    synchronized List<Blueprint> blueprints() {
        return List.copyOf(wanted.keySet());
    }

    /** Whether one that is being opened uses that part. */
    synchronized boolean use(ServiceReference<?> part) {
        return opening.stream().anyMatch(blueprint -> blueprint.uses(part));
    }

    /** Closes those that use that part. */
    void drop(ServiceReference<?> part) {
        retain(blueprint -> !blueprint.uses(part));
    }
}
