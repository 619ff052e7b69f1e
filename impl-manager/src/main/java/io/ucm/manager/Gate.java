// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Priority;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets as many callers through as there are permits; the others wait, first come first served within a priority.
 * Thread-safe. A permit that is given back goes to the longest waiting caller of the highest priority, never to a
 * newcomer.
 *
 * <p>Invariant: {@code free} is {@link #CONTENDED} exactly while somebody waits or permits are owed after a
 * {@link #resize} to less; then no permit is free, and only a holder of the lock changes anything. Otherwise it is the
 * number of free permits, and one compare-and-set takes or returns one.
 */
final class Gate {

    private static final int CONTENDED = -1;

    /** Who waits for a permit. */
    interface Waiter {

        Consumer consumer();

        /** Has a permit now. Run by the thread that passes it on, outside the lock; must not block. */
        void granted();

        /** Has lost its place, because its bundle has stopped. */
        void evicted();
    }

    private enum State {
        WAITING,
        GRANTED,
        EVICTED
    }

    /** A caller's place in the queue. */
    static final class Ticket {

        private final Priority priority;
        private final Waiter waiter;

        private final Gate gate;

        /** Written under the gate's lock. */
        private volatile State state = State.WAITING;

        private Ticket(Gate gate, Priority priority, Waiter waiter) {
            this.gate = gate;
            this.priority = priority;
            this.waiter = waiter;
        }

        /** See {@link Gate#leave}. */
        boolean leave() {
            return gate.leave(this);
        }
    }

    /** A thread that waits. */
    private record Parked(Consumer consumer, Thread thread) implements Waiter {

        @Override
        public void granted() {
            LockSupport.unpark(thread);
        }

        @Override
        public void evicted() {
            LockSupport.unpark(thread);
        }
    }

    private final AtomicInteger free = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@code lock}. */
    private final Map<Priority, Set<Ticket>> queues = new EnumMap<>(Priority.class);

    /** Guarded by {@code lock}. */
    private int limit;

    /** Permits that are still out although the limit no longer covers them. Guarded by {@code lock}. */
    private int owed;

    /** Tickets in all queues. Written under {@code lock}. */
    private volatile int waiting;

    Gate() {
        for (Priority priority : Priority.values()) {
            queues.put(priority, new LinkedHashSet<>());
        }
    }

    /**
     * Enters at once, or queues. Never blocks.
     *
     * @return null when the caller holds a permit now; else its place in the queue
     */
    @Nullable
    Ticket enter(Priority priority, Waiter waiter) {
        if (tryEnter()) {
            return null;
        }
        lock.lock();
        try {
            while (free.get() != CONTENDED) {
                if (tryEnter()) {
                    return null;
                }
                free.compareAndSet(0, CONTENDED);
            }
            Ticket ticket = new Ticket(this, priority, waiter);
            queues.get(priority).add(ticket);
            waiting++;
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Blocks until the caller holds a permit (true), or the deadline, a {@link System#nanoTime}, has passed or its bundle
     * has stopped (false).
     */
    boolean enter(Priority priority, Consumer consumer, long deadline) throws InterruptedException {
        if (tryEnter()) {
            return true;
        }
        Ticket ticket = enter(priority, new Parked(consumer, Thread.currentThread()));
        if (ticket == null) {
            return true;
        }
        while (ticket.state == State.WAITING) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || consumer.ended()) {
                return !leave(ticket);
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                if (!leave(ticket)) {
                    exit();
                }
                throw new InterruptedException();
            }
        }
        return ticket.state == State.GRANTED;
    }

    /** Takes everybody of a bundle that has stopped out of the queue. */
    void evict(Consumer consumer) {
        List<Ticket> evicted = new ArrayList<>();
        lock.lock();
        try {
            for (Set<Ticket> queue : queues.values()) {
                queue.stream()
                        .filter(ticket -> ticket.waiter.consumer() == consumer)
                        .forEach(evicted::add);
            }
            for (Ticket ticket : evicted) {
                queues.get(ticket.priority).remove(ticket);
                ticket.state = State.EVICTED;
            }
            waiting -= evicted.size();
            calmDown();
        } finally {
            lock.unlock();
        }
        evicted.forEach(ticket -> ticket.waiter.evicted());
    }

    /** Gives up a place; false when it was granted already: the caller then holds a permit. */
    boolean leave(Ticket ticket) {
        lock.lock();
        try {
            if (queues.get(ticket.priority).remove(ticket)) {
                waiting--;
                calmDown();
            }
            return ticket.state != State.GRANTED;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a permit back. */
    void exit() {
        for (int now = free.get(); now != CONTENDED; now = free.get()) {
            if (free.compareAndSet(now, now + 1)) {
                return;
            }
        }
        release(1);
    }

    /** Changes how many callers may be inside. When it shrinks, those inside stay until they leave by themselves. */
    void resize(int newLimit) {
        lock.lock();
        int more;
        try {
            more = newLimit - limit;
            limit = newLimit;
            if (more < 0) {
                shrink(-more);
            }
        } finally {
            lock.unlock();
        }
        if (more > 0) {
            release(more);
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

    private boolean tryEnter() {
        for (int now = free.get(); now > 0; now = free.get()) {
            if (free.compareAndSet(now, now - 1)) {
                return true;
            }
        }
        return false;
    }

    /** Pays what is owed, then serves who waits, then leaves the rest free. */
    private void release(int permits) {
        List<Ticket> served = new ArrayList<>();
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
            calmDown();
            while (left > 0) {
                int now = free.get();
                if (free.compareAndSet(now, now + left)) {
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
        if (waiting == 0 && owed == 0) {
            free.compareAndSet(CONTENDED, 0);
        }
    }

    private @Nullable Ticket poll() {
        for (Set<Ticket> queue : queues.values()) {
            if (!queue.isEmpty()) {
                Ticket first = queue.iterator().next();
                queue.remove(first);
                first.state = State.GRANTED;
                waiting--;
                return first;
            }
        }
        return null;
    }
}
