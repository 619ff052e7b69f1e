// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets as many callers through as there are permits; the others wait, first come first served within a priority.
 * Thread-safe. A permit that is given back goes to one who waits, never to a newcomer.
 *
 * <p>No bundle starves another: while several want permits, one that holds its share already waits behind those that
 * hold less, whatever its priorities. A permit that nobody below their share wants goes to whoever is next.
 *
 * <p>A caller who would wait for so long that its work could not be done by its deadline, as far as {@link WaitEstimate}
 * can tell, is turned away at once.
 *
 * <p>Invariant: {@code free} is {@link #CONTENDED} exactly while somebody waits or permits are owed after a
 * {@link #resize} to less; then no permit is free, and only a holder of the lock changes anything. Otherwise it is the
 * number of free permits, and one compare-and-set takes or returns one.
 */
final class Gate {

    private static final int CONTENDED = -1;

    /** Waits differ: a part of the expected one, 1 / MARGIN, is kept in hand. */
    private static final int MARGIN = 4;

    /** Of the permits that come back while nobody waits, one of so many is timed. */
    private static final int TIMED = 8;

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

    /** Who waits for a permit. */
    interface Waiter {
        Consumer consumer();

        /** Has a permit now. Run by the thread that passes it on, outside the lock; must not block. */
        void granted();

        /** Has lost its place, because its bundle has stopped. */
        void evicted();

        /** Whether another gate would do. */
        boolean isMovable();

        /** Has lost its place, because another gate may be better now. Like {@link #granted}. */
        void moved();
    }

    private enum State {
        WAITING,
        GRANTED,
        EVICTED,
        MOVED,
        LEFT
    }

    /** A caller's place in the queue. */
    static final class Ticket implements Entry {
        private final Gate gate;
        private final Share share;
        private final Priority priority;
        private final Waiter waiter;
        private final long number;

        /** Written under the gate's lock. */
        private volatile State state = State.WAITING;

        private Ticket(Gate gate, Share share, Priority priority, Waiter waiter, long number) {
            this.gate = gate;
            this.share = share;
            this.priority = priority;
            this.waiter = waiter;
            this.number = number;
        }

        Priority priority() {
            return priority;
        }

        /** Whether it is served before another one that came from a bundle in the same position. */
        boolean before(Ticket other) {
            int byPriority = priority.compareTo(other.priority);
            return byPriority < 0 || byPriority == 0 && number < other.number;
        }

        /** See {@link Gate#leave}. */
        boolean leave() {
            return gate.leave(this);
        }
    }

    /** A thread that waits, in {@link #await}. */
    record Parked(Consumer consumer, Thread thread, boolean isMovable) implements Waiter {

        @Override
        public void granted() {
            LockSupport.unpark(thread);
        }

        @Override
        public void evicted() {
            LockSupport.unpark(thread);
        }

        @Override
        public void moved() {
            LockSupport.unpark(thread);
        }
    }

    private final IntSupplier sharePercent;
    private final AtomicInteger free = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final WaitEstimate estimate = new WaitEstimate();

    /** What each bundle holds and waits for. Bundles are added by anybody, and removed under {@code lock}. */
    private final Map<Consumer, Share> shares = new ConcurrentHashMap<>();

    /** Guarded by {@code lock}. */
    private int limit;

    /** Permits that are still out although the limit no longer covers them. Guarded by {@code lock}. */
    private int owed;

    /** Guarded by {@code lock}. */
    private long tickets;

    /** Tickets in all queues. Written under {@code lock}. */
    private volatile int waiting;

    /** Counts loosely: one of two at once may be lost. */
    private int untimed;

    /** @param sharePercent of the permits, that one bundle may hold while others wait; 0: equal shares */
    Gate(IntSupplier sharePercent) {
        this.sharePercent = sharePercent;
    }

    /**
     * Enters at once, is turned away at once, or queues. Never blocks.
     *
     * @param deadline a {@link System#nanoTime}
     */
    Entry enter(Priority priority, Waiter waiter, long deadline) {
        if (tryEnter(share(waiter.consumer()))) {
            return Verdict.INSIDE;
        }
        lock.lock();
        try {
            Share share = share(waiter.consumer());
            while (free.get() != CONTENDED) {
                if (tryEnter(share)) {
                    return Verdict.INSIDE;
                }
                free.compareAndSet(0, CONTENDED);
            }
            Refused refused = refusal(share, priority, deadline);
            if (refused != null) {
                calmDown();
                return refused;
            }
            Ticket ticket = new Ticket(this, share, priority, waiter, tickets++);
            share.add(ticket);
            waiting++;
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** The same, where the caller does not queue; false: it did not get in. */
    boolean enterAtOnce(Consumer consumer) {
        return tryEnter(share(consumer));
    }

    /** Blocks the thread that is {@link Parked} with this ticket until it is inside, or will not be. */
    Verdict await(Ticket ticket, long deadline) throws InterruptedException {
        while (ticket.state == State.WAITING) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || ticket.share.consumer().ended()) {
                leave(ticket);
                break;
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                if (!leave(ticket) && ticket.state == State.GRANTED) {
                    exit(ticket.share.consumer(), System.nanoTime());
                }
                throw new InterruptedException();
            }
        }
        return switch (ticket.state) {
            case GRANTED -> Verdict.INSIDE;
            case MOVED -> Verdict.ELSEWHERE;
            case WAITING, EVICTED, LEFT -> Verdict.OUTSIDE;
        };
    }

    /** Takes everybody of a bundle that has stopped out of the queue. */
    void evict(Consumer consumer) {
        List<Ticket> evicted = takeOut(ticket -> ticket.share.consumer() == consumer, State.EVICTED);
        evicted.forEach(ticket -> ticket.waiter.evicted());
    }

    /** Sends away whoever may go through another gate. */
    void disperse() {
        if (waiting > 0) {
            List<Ticket> moved = takeOut(ticket -> ticket.waiter.isMovable(), State.MOVED);
            moved.forEach(ticket -> ticket.waiter.moved());
        }
    }

    private List<Ticket> takeOut(Predicate<Ticket> which, State next) {
        List<Ticket> taken = new ArrayList<>();
        lock.lock();
        try {
            shares.values().forEach(share -> taken.addAll(share.takeOut(which)));
            taken.forEach(ticket -> ticket.state = next);
            waiting -= taken.size();
            calmDown();
            shares.values().removeIf(Share::isOver);
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** Gives up a place; false when it is no place any more: it was granted, or taken away. */
    boolean leave(Ticket ticket) {
        lock.lock();
        try {
            if (!ticket.share.remove(ticket)) {
                return false;
            }
            ticket.state = State.LEFT;
            waiting--;
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
        Share share = shares.get(consumer);
        if (share != null) {
            share.held().decrementAndGet();
        }
        for (int now = free.get(); now != CONTENDED; now = free.get()) {
            if (free.compareAndSet(now, now + 1)) {
                if (untimed++ % TIMED == 0) {
                    time(since, System.nanoTime());
                }
                return;
            }
        }
        long now = System.nanoTime();
        time(since, now);
        release(1, now);
    }

    private void time(long since, long now) {
        estimate.held(now - since, now);
    }

    /** Changes how many callers may be inside. When it shrinks, those inside stay until they leave by themselves. */
    void resize(int newLimit) {
        lock.lock();
        int more;
        try {
            more = newLimit - limit;
            limit = newLimit;
            if (more != 0) {
                estimate.restart();
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

    /** Whether somebody could enter at once. */
    boolean hasFree() {
        return free.get() > 0;
    }

    /** How many callers wait. */
    int waiting() {
        return waiting;
    }

    private Share share(Consumer consumer) {
        Share share = shares.get(consumer);
        return share != null ? share : shares.computeIfAbsent(consumer, Share::new);
    }

    private boolean tryEnter(Share share) {
        for (int now = free.get(); now > 0; now = free.get()) {
            if (free.compareAndSet(now, now - 1)) {
                share.held().incrementAndGet();
                return true;
            }
        }
        return false;
    }

    /**
     * Why a newcomer need not queue; null: it may be served in time. What is ahead of it is the smaller of two: all that
     * wait before it, or its own bundle's times the number of bundles, because a share is served whoever else waits.
     * Under the lock.
     */
    private @Nullable Refused refusal(Share share, Priority priority, long deadline) {
        if (limit == 0) {
            return null;
        }
        int all = 0;
        for (Share other : shares.values()) {
            all += other.waitingBefore(priority);
        }
        long ahead = Math.min(all, (long) share.waitingBefore(priority) * active());
        long now = System.nanoTime();
        long left = deadline - now;
        long expected = estimate.expected(ahead + 1, limit, left, now);
        boolean late = expected != WaitEstimate.UNKNOWN && expected + expected / MARGIN + estimate.work(now) > left;
        return late ? new Refused(Duration.ofNanos(expected)) : null;
    }

    /**
     * Pays what is owed, then serves who waits, then leaves the rest free.
     *
     * @param now when a caller gave it back; 0: it is a new one
     */
    private void release(int permits, long now) {
        List<Ticket> served = new ArrayList<>(1);
        lock.lock();
        try {
            int left = permits;
            int paid = Math.min(left, owed);
            owed -= paid;
            left -= paid;
            for (Ticket next = left > 0 ? poll() : null; next != null; next = left > 0 ? poll() : null) {
                served.add(next);
                left--;
            }
            if (now != 0 && !served.isEmpty()) {
                estimate.granted(now);
            }
            calmDown();
            while (left > 0) {
                int before = free.get();
                if (free.compareAndSet(before, before + left)) {
                    left = 0;
                }
            }
        } finally {
            lock.unlock();
        }
        for (Ticket ticket : served) {
            ticket.waiter.granted();
        }
    }

    /** Takes away free permits; what is inside becomes owed. Under the lock. */
    private void shrink(int permits) {
        int left = permits;
        while (left > 0) {
            int now = free.get();
            if (now <= 0) {
                if (now == CONTENDED || free.compareAndSet(0, CONTENDED)) {
                    owed += left;
                    return;
                }
            } else if (free.compareAndSet(now, Math.max(0, now - left))) {
                left -= Math.min(now, left);
            }
        }
    }

    /** Back to counting when nobody waits and nothing is owed. Under the lock. */
    private void calmDown() {
        if (waiting == 0) {
            estimate.restart();
            if (owed == 0) {
                free.compareAndSet(CONTENDED, 0);
            }
        }
    }

    /** Takes out who is next: of those whose bundle holds less than its share, or else of all. Under the lock. */
    private @Nullable Ticket poll() {
        if (waiting == 0) {
            return null;
        }
        int quota = shares.size() == 1 ? Integer.MAX_VALUE : quota();
        Ticket next = null;
        Ticket nextOverQuota = null;
        for (Share share : shares.values()) {
            Ticket first = share.first();
            if (first != null && share.held().get() < quota) {
                next = next == null || first.before(next) ? first : next;
            } else if (first != null) {
                nextOverQuota = nextOverQuota == null || first.before(nextOverQuota) ? first : nextOverQuota;
            }
        }
        Ticket served = next != null ? next : nextOverQuota;
        if (served != null) {
            served.share.remove(served);
            served.share.held().incrementAndGet();
            served.state = State.GRANTED;
            waiting--;
        }
        return served;
    }

    /** What one bundle may hold before others come first. Under the lock. */
    private int quota() {
        int percent = sharePercent.getAsInt();
        return percent > 0 ? Math.max(1, limit * percent / 100) : Math.max(1, (limit + active() - 1) / active());
    }

    /** How many bundles hold or want permits. Under the lock. */
    private int active() {
        int active = 0;
        for (Share share : shares.values()) {
            active += share.isActive() ? 1 : 0;
        }
        return Math.max(1, active);
    }
}
