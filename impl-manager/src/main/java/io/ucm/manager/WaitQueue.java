// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Priority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits at a {@link Gate}, and in which order: while several bundles want permits, one that holds its share already
 * comes behind those that hold less; then by priority, then by arrival. {@link #share} and {@link #size} may be called
 * by anybody; all else is guarded by the gate's lock.
 */
final class WaitQueue {

    private static final Comparator<Ticket> ORDER = (one, other) -> one.before(other) ? -1 : one == other ? 0 : 1;

    private final Gate gate;
    private final IntSupplier sharePercent;

    /** What each bundle holds and waits for. Bundles are added by anybody. */
    private final Map<Consumer, Share> shares = new ConcurrentHashMap<>();

    private long arrivals;
    private volatile int size;

    /** @param sharePercent of the permits, that one bundle may hold while others wait; 0: equal shares */
    WaitQueue(Gate gate, IntSupplier sharePercent) {
        this.gate = gate;
        this.sharePercent = sharePercent;
    }

    /** What that bundle has here. */
    Share share(Consumer consumer) {
        Share share = shares.get(consumer);
        return share != null ? share : shares.computeIfAbsent(consumer, added -> new Share(gate, added));
    }

    /** How many wait. */
    int size() {
        return size;
    }

    Ticket add(Waiter waiter, Priority priority) {
        Share share = share(waiter.consumer());
        Ticket ticket = new Ticket(share, priority, waiter, arrivals++, gate.served(), System.nanoTime());
        share.add(ticket);
        size++;
        return ticket;
    }

    /** False when it is not there. */
    boolean remove(Ticket ticket) {
        boolean removed = ticket.share().remove(ticket);
        size -= removed ? 1 : 0;
        return removed;
    }

    List<Ticket> takeOut(Predicate<Ticket> which) {
        List<Ticket> taken = new ArrayList<>();
        shares.values().forEach(share -> taken.addAll(share.takeOut(which)));
        size -= taken.size();
        shares.values().removeIf(Share::isOver);
        return taken;
    }

    /** Takes out who is next: of those whose bundle holds less than its share, or else of all. */
    @Nullable
    Ticket poll(int permits) {
        if (size == 0) {
            return null;
        }
        int quota = shares.size() == 1 ? Integer.MAX_VALUE : quota(permits);
        Ticket next = null;
        Ticket nextOverQuota = null;
        for (Share share : shares.values()) {
            Ticket first = share.first();
            if (first != null && share.held().sum() < quota) {
                next = next == null || first.before(next) ? first : next;
            } else if (first != null) {
                nextOverQuota = nextOverQuota == null || first.before(nextOverQuota) ? first : nextOverQuota;
            }
        }
        Ticket served = next != null ? next : nextOverQuota;
        if (served != null) {
            remove(served);
        }
        return served;
    }

    /** For how long those who are next have waited, the longest of them; 0: nobody waits. */
    long longestWait(long now) {
        long longest = 0;
        for (Share share : shares.values()) {
            Ticket first = share.first();
            longest = first == null ? longest : Math.max(longest, now - first.since());
        }
        return longest;
    }

    /** How many are served before a newcomer: see {@link #ahead(int, int)}. */
    int ahead(Share share, Priority priority) {
        int all = 0;
        for (Share other : shares.values()) {
            all += other.waitingBefore(priority);
        }
        return ahead(all, share.waitingBefore(priority));
    }

    /** Tells of one who waits, after how many others it is served. Answers whether it stays, so that it counts. */
    interface Stay {
        boolean test(Ticket ticket, int ahead);
    }

    /** Takes out who does not stay, in the order in which they are served. */
    List<Ticket> thin(Stay stay) {
        List<Ticket> inOrder = new ArrayList<>(size);
        shares.values().forEach(share -> share.addTo(inOrder));
        inOrder.sort(ORDER);
        List<Ticket> taken = new ArrayList<>();
        int all = 0;
        for (Ticket ticket : inOrder) {
            if (stay.test(ticket, ahead(all, ticket.share().counted()))) {
                ticket.share().count();
                all++;
            } else {
                taken.add(ticket);
            }
        }
        taken.forEach(this::remove);
        return taken;
    }

    /** All that wait before it, or its own bundle's times the bundles: a share is served whoever else waits. */
    private int ahead(int all, int own) {
        return (int) Math.min(all, (long) own * active());
    }

    /** What one bundle may hold before others come first. */
    private int quota(int permits) {
        int percent = sharePercent.getAsInt();
        return percent > 0 ? Math.max(1, permits * percent / 100) : Math.max(1, (permits + active() - 1) / active());
    }

    /** How many bundles hold or want permits. */
    private int active() {
        int active = 0;
        for (Share share : shares.values()) {
            active += share.isActive() ? 1 : 0;
        }
        return Math.max(1, active);
    }
}
