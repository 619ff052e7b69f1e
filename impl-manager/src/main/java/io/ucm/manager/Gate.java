// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets as many callers through as there are permits; the others wait, first come first served within a priority.
 * Thread-safe. A permit that is given back goes to one who waits, never to a newcomer.
 *
 * <p>No bundle starves another: while several want permits, one that holds its share already waits behind those that
 * hold less, whatever its priorities. A permit that nobody below their share wants goes to whoever is next: see
 * {@link WaitQueue}.
 *
 * <p>A caller who would wait for so long that its work could not be done by its deadline, as far as {@link WaitEstimate}
 * can tell, is turned away: at once, or when that shows while it waits.
 *
 * <p>Invariant: {@code free} is {@link #CONTENDED} exactly while somebody waits or permits are owed after a
 * {@link #resize} to less; then no permit is free, and only a holder of the lock changes anything. Otherwise it is the
 * number of free permits, and one compare-and-set takes or returns one.
 */
final class Gate {

    private static final int CONTENDED = -1;

    /** Waits differ: a part of the expected one, 1 / MARGIN, is kept in hand. */
    private static final int MARGIN = 4;

    private static final long THIN_EVERY = TimeUnit.MILLISECONDS.toNanos(10);

    /** Of the permits that come back while nobody waits, one of these is timed: by some bits of when it was given. */
    private static final int ONE_OF = 8;

    private static final long TIMED = (ONE_OF - 1) << 7;

    /** What became of a caller. */
    sealed interface Entry permits Verdict, Refused, Ticket {}

    enum Verdict implements Entry {
        /** Holds a permit. */
        INSIDE,
        /** Waited in vain: the deadline has passed, or the bundle has stopped. */
        OUTSIDE,
        /** Is to look for another gate. */
        ELSEWHERE
    }

    /** Turned away without waiting. */
    record Refused(Duration expectedWait) implements Entry {}

    private final HotCounter free = new HotCounter();
    private final ReentrantLock lock = new ReentrantLock();
    private final WaitEstimate estimate = new WaitEstimate();

    /** Guarded by {@code lock}. */
    private final WaitQueue queue;

    /** Guarded by {@code lock}. */
    private int limit;

    /** Permits that are still out although the limit no longer covers them. Guarded by {@code lock}. */
    private int owed;

    /** When it was last looked who comes too late, in {@link System#nanoTime}. Guarded by {@code lock}. */
    private long thinned = System.nanoTime();

    /** Since when somebody waits without a break. Guarded by {@code lock}. */
    private long contendedSince;

    /** Of the borrows that began since {@code mark}, those that were timed. */
    private final LongAdder finished = new LongAdder();

    private final LongAdder finishedNanos = new LongAdder();

    /** All borrows that have ended; where nobody waits, by those that are timed. */
    private final LongAdder ended = new LongAdder();

    /** Who is told of each end; replaced whole. */
    private volatile GateProgress[] watches = {};

    private volatile long mark = System.nanoTime();

    /** How many permits came back that somebody waited for or that were owed. Written under {@code lock}. */
    private volatile long served;

    /** @param sharePercent of the permits, that one bundle may hold while others wait; 0: equal shares */
    Gate(IntSupplier sharePercent) {
        this.queue = new WaitQueue(this, sharePercent);
    }

    /**
     * Enters at once, is turned away at once, or queues. Never blocks.
     *
     * @param patience the {@link System#nanoTime} by which a newcomer must be inside, or else is turned away; where it is
     *     the deadline itself, with time left for its work. Who waits already is turned away by its deadline only
     */
    Entry enter(Priority priority, Waiter waiter, long patience) {
        if (tryEnter(waiter.consumer().share(this))) {
            return Verdict.INSIDE;
        }
        lock.lock();
        try {
            Share share = queue.share(waiter.consumer());
            while (free.get() != CONTENDED) {
                if (tryEnter(share)) {
                    return Verdict.INSIDE;
                }
                free.compareAndSet(0, CONTENDED);
            }
            Refused refused = refusal(share, priority, waiter, patience);
            if (refused != null) {
                calmDown();
                return refused;
            }
            if (queue.size() == 0) {
                contendedSince = System.nanoTime();
            }
            return queue.add(waiter, priority);
        } finally {
            lock.unlock();
        }
    }

    /** The same, where the caller does not queue; false: it did not get in. */
    boolean enterAtOnce(Consumer consumer) {
        return tryEnter(consumer.share(this));
    }

    /** Takes everybody of a bundle that has stopped out of the queue. */
    void evict(Consumer consumer) {
        takeOut(ticket -> ticket.share().consumer() == consumer, Ticket.State.EVICTED);
    }

    /** Sends away whoever may go through another gate. */
    void disperse() {
        if (queue.size() > 0) {
            takeOut(Ticket::isMovable, Ticket.State.MOVED);
        }
    }

    private void takeOut(Predicate<Ticket> which, Ticket.State next) {
        List<Ticket> taken;
        lock.lock();
        try {
            taken = queue.takeOut(which);
            taken.forEach(ticket -> ticket.becomes(next));
            calmDown();
        } finally {
            lock.unlock();
        }
        taken.forEach(Ticket::tell);
    }

    /** Gives up a place; false when it is no place any more: it was granted, or taken away. */
    boolean leave(Ticket ticket) {
        lock.lock();
        try {
            if (!queue.remove(ticket)) {
                return false;
            }
            ticket.becomes(Ticket.State.LEFT);
            calmDown();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives a permit back.
     *
     * @param since when the caller got it, in {@link System#nanoTime}
     */
    void exit(Consumer consumer, long since) {
        exit(consumer, since, true);
    }

    /** The same, of who waited in vain for a server: how long that took tells nothing of others. */
    void exitOfLost(Consumer consumer, long since) {
        exit(consumer, since, false);
    }

    private void exit(Consumer consumer, long since, boolean timed) {
        consumer.share(this).held().decrement();
        for (long now = free.get(); now != CONTENDED; now = free.get()) {
            if (free.compareAndSet(now, now + 1)) {
                GateProgress[] told = watches;
                if (timed && (since & TIMED) == 0) {
                    time(since, System.nanoTime(), ONE_OF);
                }
                if (told.length > 0) {
                    tell(told, System.nanoTime());
                }
                return;
            }
        }
        long now = System.nanoTime();
        if (timed) {
            time(since, now, 1);
        }
        tell(watches, now);
        release(1, now);
    }

    private static void tell(GateProgress[] watches, long now) {
        for (GateProgress watch : watches) {
            watch.ended(now);
        }
    }

    private void time(long since, long now, int standsFor) {
        estimate.held(now - since, now);
        ended.add(standsFor);
        if (since - mark >= 0) {
            finished.increment();
            finishedNanos.add(now - since);
        }
    }

    /** Changes how many callers may be inside. When it shrinks, those inside stay until they leave by themselves. */
    void resize(int newLimit) {
        lock.lock();
        int more;
        try {
            more = newLimit - limit;
            limit = newLimit;
            if (more != 0) {
                estimate.permitsChanged(System.nanoTime());
            }
            if (more < 0) {
                shrink(-more);
            }
        } finally {
            lock.unlock();
        }
        if (more > 0) {
            release(more, 0);
        }
    }

    /** Why somebody who has just got its permit need not begin any more; null: it has time. */
    @Nullable
    Refused late(Ticket ticket) {
        long now = System.nanoTime();
        return ticket.hasNoTimeFor(estimate.work(now), now) ? refusal() : null;
    }

    /** For who has no time left. */
    Refused refusal() {
        lock.lock();
        try {
            return new Refused(retryAfter(System.nanoTime()));
        } finally {
            lock.unlock();
        }
    }

    /** How long even short work takes, in nanoseconds; 0: nothing tells. */
    long work(long now) {
        return estimate.work(now);
    }

    /** Tells it of each borrow that ends from now on. */
    void watch(GateProgress watch) {
        lock.lock();
        try {
            watches = Stream.concat(Arrays.stream(watches), Stream.of(watch)).toArray(GateProgress[]::new);
        } finally {
            lock.unlock();
        }
    }

    /** Tells it no more. */
    void unwatch(GateProgress watch) {
        lock.lock();
        try {
            watches = Arrays.stream(watches).filter(one -> one != watch).toArray(GateProgress[]::new);
        } finally {
            lock.unlock();
        }
    }

    /** Whether anybody is told of each end. */
    boolean isWatched() {
        return watches.length > 0;
    }

    /** Whether anybody is inside or waits. */
    boolean hasCallers() {
        lock.lock();
        try {
            return inUse() + queue.size() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** For how long the one who came first has waited; 0: nobody waits. */
    long longestWait(long now) {
        lock.lock();
        try {
            return queue.longestWait(now);
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private int inUse() {
        long unused = free.get();
        return unused == CONTENDED ? limit + owed : limit - (int) unused;
    }

    /** What an autoscaler is to see. */
    SizeLoad load(long now, int open, long connectNanos) {
        lock.lock();
        try {
            int inUse = inUse();
            int waiting = queue.size();
            return new SizeLoad(
                    now,
                    open,
                    inUse,
                    waiting,
                    waiting == 0 ? now : contendedSince,
                    finished.sum(),
                    finishedNanos.sum(),
                    ended.sum(),
                    connectNanos);
        } finally {
            lock.unlock();
        }
    }

    /** Begins to count anew what is finished; one that ends at this moment may be counted or not. */
    void mark(long now) {
        mark = now;
        finished.reset();
        finishedNanos.reset();
    }

    /** Whether somebody could enter at once. */
    boolean hasFree() {
        return free.get() > 0;
    }

    /** Whether a newcomer would be the first who waits, and is not expected to wait for longer than that. */
    boolean servesWithin(long nanos) {
        if (queue.size() > 0) {
            return false;
        }
        lock.lock();
        try {
            long now = System.nanoTime();
            long expected = limit == 0 || queue.size() > 0 || !estimate.isFresh(now)
                    ? WaitEstimate.UNKNOWN
                    : estimate.expected(1L + owed, limit, nanos, now);
            return expected != WaitEstimate.UNKNOWN && expected <= nanos;
        } finally {
            lock.unlock();
        }
    }

    /** How many permits have come back so far that somebody waited for, or that were owed. */
    long served() {
        return served;
    }

    /** How many callers wait. */
    int waiting() {
        return queue.size();
    }

    /** What that bundle has here. */
    Share share(Consumer consumer) {
        return queue.share(consumer);
    }

    private boolean tryEnter(Share share) {
        for (long now = free.get(); now > 0; now = free.get()) {
            if (free.compareAndSet(now, now - 1)) {
                share.held().increment();
                return true;
            }
        }
        return false;
    }

    /** Why a newcomer need not queue; null: it may be served in time. Under the lock. */
    private @Nullable Refused refusal(Share share, Priority priority, Waiter waiter, long patience) {
        if (limit == 0) {
            return null;
        }
        long now = System.nanoTime();
        long left = patience - now - (patience == waiter.deadline() ? waiter.needed(estimate.work(now)) : 0);
        long expected = estimate.expected(queue.ahead(share, priority) + 1L + owed, limit, left, now);
        boolean late = expected != WaitEstimate.UNKNOWN && expected + expected / MARGIN > left;
        return late ? new Refused(Duration.ofNanos(expected)) : null;
    }

    /**
     * Pays what is owed, then serves who waits, then leaves the rest free.
     *
     * @param now when a caller gave it back; 0: it is a new one
     */
    private void release(int permits, long now) {
        List<Ticket> out = new ArrayList<>(1);
        lock.lock();
        try {
            int left = permits;
            int paid = Math.min(left, owed);
            owed -= paid;
            served += paid;
            left -= paid;
            left -= serve(left, now == 0 ? System.nanoTime() : now, out);
            if (now != 0 && left < permits - paid) {
                estimate.granted(now);
            }
            calmDown();
            while (left > 0) {
                long before = free.get();
                if (free.compareAndSet(before, before + left)) {
                    left = 0;
                }
            }
        } finally {
            lock.unlock();
        }
        out.forEach(Ticket::tell);
    }

    /**
     * Gives permits to those who are next; who has no time left for its work is turned away instead. Under the lock.
     *
     * @param out those who have lost their places
     * @return how many permits it gave
     */
    private int serve(int permits, long now, List<Ticket> out) {
        thin(permits, now, out);
        int given = 0;
        for (Ticket next = poll(permits); next != null; next = poll(permits - given)) {
            out.add(next);
            if (next.hasNoTimeFor(estimate.work(now), now)) {
                next.isTurnedAway(retryAfter(now));
            } else {
                next.share().held().increment();
                next.becomes(Ticket.State.GRANTED);
                given++;
                served++;
            }
        }
        return given;
    }

    private @Nullable Ticket poll(int permits) {
        return permits > 0 ? queue.poll(limit) : null;
    }

    /**
     * From time to time, turns away who is not expected to be served in time any more: the queue has become slower since
     * they came. Under the lock.
     *
     * @param permits about to be given
     */
    private void thin(int permits, long now, List<Ticket> out) {
        if (limit == 0 || queue.size() == 0 || now - thinned < THIN_EVERY) {
            return;
        }
        thinned = now;
        long work = estimate.work(now);
        List<Ticket> late = queue.thin((ticket, ahead) -> {
            long place = Math.max(0L, ahead + 1L + owed - permits);
            long expected = estimate.expected(place, limit, ticket.left(now), now);
            return expected == WaitEstimate.UNKNOWN || !ticket.isLate(now, expected, work);
        });
        Duration retryAfter = late.isEmpty() ? Duration.ZERO : retryAfter(now);
        late.forEach(ticket -> ticket.isTurnedAway(retryAfter));
        out.addAll(late);
    }

    /** How long those who wait now, or the caller's own work, are expected to take. */
    private Duration retryAfter(long now) {
        return Duration.ofNanos(Math.max(estimate.work(now), estimate.expected(queue.size() + 1L, limit, 0, now)));
    }

    /** Takes away free permits; what is inside becomes owed. Under the lock. */
    private void shrink(int permits) {
        int left = permits;
        while (left > 0) {
            long now = free.get();
            if (now <= 0) {
                if (now == CONTENDED || free.compareAndSet(0, CONTENDED)) {
                    owed += left;
                    return;
                }
            } else if (free.compareAndSet(now, Math.max(0, now - left))) {
                left -= (int) Math.min(now, left);
            }
        }
    }

    /** Back to counting when nobody waits and nothing is owed. Under the lock. */
    private void calmDown() {
        if (queue.size() == 0) {
            estimate.restart();
            if (owed == 0) {
                free.compareAndSet(CONTENDED, 0);
            }
        }
    }
}
