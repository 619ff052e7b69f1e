// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.spi.NodeAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What serves one manager: flips from one generation to the next, which a {@link Builder} makes, and lets the old one drain.
 * Thread-safe; only {@link #leave} and {@link #close} block.
 *
 * <p>Invariants: {@code current} is retired only after it was replaced; the gate lets through as many callers as {@code
 * current} has connections open, none without one; after the end it lets everybody through, to find nothing. {@code
 * wanted}, {@code current} and {@code why} change under the lock of this object, and nothing is opened or closed under it.
 */
final class Generations {

    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

    /** So often it fails beside one that serves before it counts as bad. */
    private static final int BAD = 2;

    private final ManagerKey key;
    private final Gate gate;
    private final Threads threads;
    private final Supplier<Care> care;
    private final Runnable turned;
    private final OpenGenerations open;
    private final Builder builder;
    private final Spares spares;

    private volatile @Nullable Blueprint wanted;
    private volatile int capacity;
    private volatile @Nullable Generation current;
    private volatile @Nullable String why = "nothing was built yet";
    private volatile @Nullable String heldBack;
    private volatile boolean closed;
    private volatile boolean ended;

    /** How often what is wanted could not be opened. */
    private int failures;

    /** Of those, how often although every connection that it asked for was there. */
    private int ownFailures;

    /**
     * @param care how long a bundle that leaves is held, and what is out may be used
     * @param lost told of each connection that broke, or could not be opened; must not block
     * @param sizing with how many connections each is opened
     * @param turned called, elsewhere, when there is a connection where there was none, or the other way round
     */
    Generations(
            ManagerKey key,
            Gate gate,
            Threads threads,
            Supplier<Care> care,
            BiConsumer<NodeAddress, SQLException> lost,
            Builder.Sizing sizing,
            Runnable turned) {
        this.key = key;
        this.gate = gate;
        this.threads = threads;
        this.care = care;
        this.turned = turned;
        this.open = new OpenGenerations(key, threads, () -> care.get().drainLimit(), this::tell);
        this.builder = new Builder(key, this, gate, threads, lost, sizing);
        this.spares = builder.spares();
    }

    /** One more is closed, or is not opened any more. */
    synchronized void tell() {
        notifyAll();
    }

    /** Those whose pools are open. */
    OpenGenerations open() {
        return open;
    }

    /** The one that serves; null while there is none. */
    @Nullable
    Generation current() {
        return current;
    }

    /**
     * Why the newest blueprint does not serve, or is not what it should be, or has no connection; null when nothing is so.
     */
    @Nullable
    String why() {
        String now = why;
        return now != null ? now : heldBack != null ? heldBack : unconnected(current);
    }

    private static @Nullable String unconnected(@Nullable Generation serving) {
        SQLException failure = serving == null || serving.connections().size() > 0
                ? null
                : serving.connections().failure();
        return failure == null ? null : reason(serving.blueprint(), failure);
    }

    private static String reason(Blueprint blueprint, Throwable failure) {
        return ConnectFailure.message(
                failure,
                blueprint.node(),
                blueprint.cluster(),
                blueprint.session().user(),
                blueprint.session().origin());
    }

    /** What keeps the blueprint that is wanted from being a newer one; null: nothing does. */
    void heldBack(@Nullable String reason) {
        heldBack = reason;
    }

    /** What may still open connections. */
    synchronized List<Blueprint> inUse() {
        return Stream.of(Stream.ofNullable(wanted), open.blueprints(), spares.blueprints().stream())
                .flatMap(blueprints -> blueprints)
                .toList();
    }

    /** Whether its manager is closed. */
    boolean isClosed() {
        return closed;
    }

    /** Whether it has ended, and all its connections are closed. */
    boolean isOver() {
        return ended && open.isEmpty();
    }

    /** Whether that is what serves, of the same parts, with other settings. */
    boolean differsInSettings(Blueprint next) {
        Generation serving = current;
        return serving != null
                && serving.blueprint().hasPartsOf(next)
                && !serving.blueprint().equals(next.at(serving.blueprint().node()));
    }

    /** Asks for a generation of this blueprint; the one that serves goes on until it is there. */
    void want(Blueprint blueprint) {
        spares.retain(blueprint::equals);
        synchronized (this) {
            if (closed || ended || blueprint.equals(wanted)) {
                return;
            }
            wants(blueprint);
            if (current != null && current.blueprint().equals(blueprint)) {
                why = null;
                return;
            }
        }
        try {
            threads.background().execute(() -> builder.build(blueprint));
        } catch (RuntimeException | Error e) {
            forget(blueprint);
            throw e;
        }
    }

    /** Nobody builds it: whoever wants it next asks for it anew. */
    private synchronized void forget(Blueprint blueprint) {
        if (isWanted(blueprint)) {
            wanted = null;
        }
    }

    /** Under the lock; who builds something else is to give up. */
    private void wants(@Nullable Blueprint blueprint) {
        wanted = blueprint;
        failures = 0;
        ownFailures = 0;
        builder.giveUp();
        // Who waits until a leaving part is replaced hurries this one, too.
        notifyAll();
    }

    /** Nothing can be built now, for a reason; the one that serves goes on. */
    synchronized void wantNothing(String reason) {
        spares.want(List.of());
        if (!closed) {
            wants(null);
            why = reason;
        }
    }

    /**
     * While nothing serves, and somebody waits: that blueprint may be wanted next, at these nodes. Those that were asked for
     * before stay, too: a node that is being promoted is no replica any more, and no primary yet.
     */
    synchronized void prepare(Blueprint blueprint, List<NodeAddress> nodes) {
        List<NodeAddress> before =
                spares.blueprints().stream().map(Blueprint::node).toList();
        boolean needed = !closed && !ended && current == null && (gate.waiting() > 0 || !before.isEmpty());
        spares.want(
                needed
                        ? Stream.concat(before.stream(), nodes.stream())
                                .distinct()
                                .map(blueprint::at)
                                .toList()
                        : List.of());
    }

    /**
     * Nothing may serve now, for a reason: callers wait, and what is out goes on until it is back, or the drain limit is
     * over.
     */
    synchronized void park(String reason) {
        if (!closed) {
            wants(null);
            why = reason;
            if (current != null) {
                LOG.info("{}: parked: {}", key, reason);
                flip(null);
            }
        }
    }

    /** The same for good: callers do not wait, they find nothing and look elsewhere. */
    synchronized void end(String reason) {
        park(reason);
        ended = true;
        gate.resize(Integer.MAX_VALUE);
    }

    /**
     * A part is about to be gone: nothing new enters what uses it, and its bundle is held until that has drained, for
     * the hold at most. With another blueprint wanted, the leaving one serves meanwhile, for half of it while the other
     * one warms up.
     */
    void leave(ServiceReference<?> part) {
        long now = System.nanoTime();
        Duration hold = care.get().hold();
        long deadline = now + hold.toNanos();
        long hurry = now + hold.toNanos() / 2;
        spares.drop(part);
        synchronized (this) {
            while (wanted != null
                    && !wanted.uses(part)
                    && current != null
                    && current.blueprint().uses(part)) {
                if (!waitUntil(builder.isHurried() ? deadline : hurry)) {
                    if (builder.isHurried()) {
                        break;
                    }
                    builder.hurry();
                }
            }
            if (current != null && current.blueprint().uses(part)) {
                flip(null);
            }
            while (isUsing(part)) {
                if (!waitUntil(deadline)) {
                    tellOfStragglers(part, hold);
                    return;
                }
            }
        }
    }

    /** Whether connections of that part may be open, or are being opened. */
    synchronized boolean isUsing(ServiceReference<?> part) {
        return open.use(part) || builder.isUsing(part);
    }

    /** Serves no more: waits up to the hold for what is out, then closes it, and lets everybody in to be refused. */
    void close() {
        long deadline = System.nanoTime() + care.get().hold().toNanos();
        synchronized (this) {
            closed = true;
            wants(null);
            why = "the manager was closed";
            flip(null);
            spares.want(List.of());
            while (!open.isEmpty() && waitUntil(deadline)) {
                continue;
            }
        }
        open.closeAll();
        gate.resize(Integer.MAX_VALUE);
    }

    /** Under the lock: they go on beside what comes next, on classes that are loaded. */
    private void tellOfStragglers(ServiceReference<?> part, Duration hold) {
        List<Lent> out = open.lent(part);
        if (!out.isEmpty()) {
            LOG.warn(
                    "{}: {} connections of a bundle that leaves are still in use after {} ms, and go on: {}",
                    key,
                    out.size(),
                    hold.toMillis(),
                    Lent.inWords(out));
        }
    }

    /** Whether that is what is to serve. */
    boolean isWanted(Blueprint blueprint) {
        return blueprint.equals(wanted);
    }

    /**
     * Whether what is wanted serves with all its connections, where they come in time, or can't because there is nothing to
     * connect to, and nothing else is open.
     *
     * @param left what must not be in use any more; null: all may stay
     */
    synchronized boolean isSettled(@Nullable ServiceReference<?> left) {
        boolean serves =
                wanted == null || current != null && current.blueprint().equals(wanted);
        boolean outOfReach = capacity == 0 && failures - ownFailures >= BAD;
        return (serves && !builder.isFilling() || outOfReach)
                && open.isNothingBut(generation -> generation == current || spares.include(generation))
                && (left == null || !open.use(left));
    }

    /**
     * Why what is wanted is no good with that part; null: nothing tells so. Where another one has connections without that
     * part, each failure tells so; where none has any, only those that are no outage.
     */
    synchronized @Nullable String refusal(ServiceReference<?> part) {
        boolean another = current != null && capacity > 0;
        if (wanted == null
                || !wanted.uses(part)
                || another && current.blueprint().uses(part)) {
            return null;
        }
        String hangs = another ? builder.hangs() : null;
        return hangs != null ? hangs : (another ? failures : ownFailures) >= BAD ? why : null;
    }

    /** It serves from now on; false: it is not wanted any more. */
    synchronized boolean install(Generation built) {
        if (!isWanted(built.blueprint())) {
            return false;
        }
        why = null;
        failures = 0;
        ownFailures = 0;
        if (current == null) {
            open.count(new Tally(0, 0, gate.waiting(), ""));
        }
        built.connections().onChange(() -> admit(built));
        flip(built);
        LOG.info(
                "{}: {} is served by {} and {}",
                key,
                built.blueprint().node(),
                built.blueprint().pool(),
                built.blueprint().driver());
        return true;
    }

    /** So many of its connections may be lent at a time from now on. */
    void limit(Generation generation, int size) {
        generation.limit(size);
        admit(generation);
    }

    /** A connection was opened or has gone. */
    private synchronized void admit(Generation generation) {
        if (generation == current) {
            admit(generation.capacity());
        }
    }

    /** Under the lock. */
    private void admit(int callers) {
        boolean turn = capacity == 0 != (callers == 0);
        capacity = callers;
        gate.resize(callers);
        if (turn) {
            tellOfTheTurn();
        }
    }

    /** Elsewhere: who hears of it looks at all lanes, whose lock is held by who changes them. */
    private void tellOfTheTurn() {
        try {
            threads.background().execute(turned);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: ends, and nobody waits any more", key);
        }
    }

    /** How many callers can have a connection at a time, now. */
    int capacity() {
        return capacity;
    }

    /**
     * It could not be built.
     *
     * @param ownFault although every connection that it asked for was there
     * @return whether it is still wanted
     */
    synchronized boolean failed(Blueprint blueprint, Throwable e, boolean ownFault) {
        if (!isWanted(blueprint)) {
            return false;
        }
        String reason = reason(blueprint, e);
        if (!reason.equals(why)) {
            LOG.warn("{}: {}", key, reason, e);
        }
        why = reason;
        failures++;
        ownFailures += ownFault ? 1 : 0;
        return true;
    }

    /** Under the lock: the flip is one write; then the old one lets nobody in. */
    private void flip(@Nullable Generation next) {
        Generation old = current;
        current = next;
        admit(next == null ? 0 : next.capacity());
        notifyAll();
        if (old != null) {
            open.drain(old);
        }
    }

    /** Under the lock; false once the deadline has passed. */
    private boolean waitUntil(long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
