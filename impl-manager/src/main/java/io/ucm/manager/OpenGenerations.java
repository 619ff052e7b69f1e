// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations of one lane whose pools are open: the one that serves, those that are built, and those that drain.
 * Thread-safe; only {@link #close} blocks, as long as the pool does.
 *
 * <p>Invariant: a generation that was added is here until its pool is closed, and counted in the tally once. The tally
 * is guarded by this object.
 */
final class OpenGenerations {

    private static final Logger LOG = LoggerFactory.getLogger(OpenGenerations.class);

    private final ManagerKey key;
    private final Threads threads;
    private final Supplier<Duration> drainLimit;
    private final Runnable closed;
    private final Set<Generation> open = ConcurrentHashMap.newKeySet();
    private Tally tally = Tally.NOTHING;

    /**
     * @param drainLimit how long a generation that was replaced may still be used by who borrowed from it; zero: for ever
     * @param closed run, without a lock, after each that was closed
     */
    OpenGenerations(ManagerKey key, Threads threads, Supplier<Duration> drainLimit, Runnable closed) {
        this.key = key;
        this.threads = threads;
        this.drainLimit = drainLimit;
        this.closed = closed;
    }

    void add(Generation opened) {
        open.add(opened);
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** Whether none is here but these. */
    boolean isNothingBut(Predicate<Generation> which) {
        return open.stream().allMatch(which);
    }

    /** Whether connections of that part may be open. */
    boolean use(ServiceReference<?> part) {
        return using(part).findAny().isPresent();
    }

    Stream<Blueprint> blueprints() {
        return open.stream().map(Generation::blueprint);
    }

    /** The connections that are out. */
    List<Lent> lent() {
        return lent(open.stream());
    }

    /** Those of that part. */
    List<Lent> lent(ServiceReference<?> part) {
        return lent(using(part));
    }

    private static List<Lent> lent(Stream<Generation> generations) {
        return generations.flatMap(generation -> generation.lent().stream()).toList();
    }

    private Stream<Generation> using(ServiceReference<?> part) {
        return open.stream().filter(generation -> generation.blueprint().uses(part));
    }

    /** Lets nobody in any more, and closes it when the last one has come back, or the drain limit is over. */
    void drain(Generation old) {
        old.retire();
        CompletableFuture<Void> drained = old.drained();
        Duration limit = drainLimit.get();
        if (!limit.isZero()) {
            expireAfter(limit, old);
        }
        drained.thenRunAsync(() -> close(old), threads.background());
    }

    private void expireAfter(Duration limit, Generation old) {
        try {
            ScheduledFuture<?> timer =
                    threads.timer().schedule(() -> expire(old, limit), limit.toMillis(), TimeUnit.MILLISECONDS);
            old.drained().thenRun(() -> timer.cancel(false));
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: ends, and whoever closes it knows its own limit", key);
        }
    }

    private void expire(Generation old, Duration limit) {
        if (open.contains(old)) {
            LOG.warn(
                    "{}: closing {} connections that are still in use after {}: {}",
                    key,
                    old.borrowed(),
                    limit,
                    Lent.inWords(old.lent()));
            threads.background().execute(() -> close(old));
        }
    }

    /** What is still out of it is aborted. */
    void close(Generation generation) {
        int out = generation.borrowed();
        Tally closing = new Tally(
                Math.max(0, generation.borrowedAtRetirement() - out),
                out,
                0,
                out == 0 ? "" : Lent.inWords(generation.lent()));
        try {
            generation.pool().close();
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: a pool could not be closed", key, e);
        } finally {
            if (open.remove(generation)) {
                count(closing);
            }
            closed.run();
        }
    }

    /**
     * Closes all connections to these nodes, in the background: who waits for an answer there gets an error, and so does who is
     * about to ask whether one is well.
     */
    void cutOff(Set<NodeAddress> nodes) {
        for (Generation generation : open) {
            List<PhysicalConnection> all = nodes.contains(generation.blueprint().node())
                    ? generation.connections().open()
                    : List.of();
            if (!all.isEmpty()) {
                LOG.info(
                        "{}: closing {} connections, {} of them in use", generation, all.size(), generation.borrowed());
                all.forEach(connection -> threads.background().execute(connection::cutOff));
            }
        }
    }

    /** For how long nothing has come from that node until now; empty: there are no connections to it. */
    Optional<Duration> silence(String node, long now) {
        return open.stream()
                .filter(generation -> generation.blueprint().node().id().equals(node))
                .flatMap(generation -> generation.connections().open().stream())
                .map(connection -> connection.silence(now))
                .min(Comparator.naturalOrder());
    }

    void closeAll() {
        open.forEach(this::close);
    }

    synchronized void count(Tally more) {
        tally = tally.plus(more);
    }

    /** What became of connections and callers in all exchanges so far. */
    synchronized Tally tally() {
        return tally;
    }
}
