// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.Priority;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What one bundle holds of a {@link Gate}, and who of it waits there. All but {@link #held} is guarded by the gate's
 * lock.
 */
final class Share {

    private final Gate gate;
    private final Consumer consumer;
    private final LongAdder held = new LongAdder();

    /** By the priority's ordinal, each in the order of arrival. */
    private final List<Set<Ticket>> queues = new ArrayList<>();

    private int counted;

    Share(Gate gate, Consumer consumer) {
        this.gate = gate;
        this.consumer = consumer;
        for (int i = 0; i < Priority.values().length; i++) {
            queues.add(new LinkedHashSet<>());
        }
    }

    Gate gate() {
        return gate;
    }

    Consumer consumer() {
        return consumer;
    }

    /** Its permits. */
    LongAdder held() {
        return held;
    }

    void add(Ticket ticket) {
        queues.get(ticket.priority().ordinal()).add(ticket);
    }

    /** False when it is not there. */
    boolean remove(Ticket ticket) {
        return queues.get(ticket.priority().ordinal()).remove(ticket);
    }

    /** Who of it is next; null when nobody waits. */
    @Nullable
    Ticket first() {
        for (Set<Ticket> queue : queues) {
            if (!queue.isEmpty()) {
                return queue.iterator().next();
            }
        }
        return null;
    }

    /** How many wait that a newcomer of this priority comes after. */
    int waitingBefore(Priority priority) {
        int before = 0;
        for (int i = 0; i <= priority.ordinal(); i++) {
            before += queues.get(i).size();
        }
        return before;
    }

    /** All who wait, and begins to {@link #count} them. */
    void addTo(List<Ticket> all) {
        counted = 0;
        queues.forEach(all::addAll);
    }

    void count() {
        counted++;
    }

    /** How many were counted so far. */
    int counted() {
        return counted;
    }

    /** Takes some of those who wait out. */
    List<Ticket> takeOut(Predicate<Ticket> which) {
        List<Ticket> taken = new ArrayList<>();
        queues.forEach(queue -> queue.stream().filter(which).forEach(taken::add));
        taken.forEach(this::remove);
        return taken;
    }

    boolean isActive() {
        return held.sum() > 0 || first() != null;
    }

    /** Whether its bundle has stopped, and nothing of it is left. */
    boolean isOver() {
        return consumer.ended() && !isActive();
    }
}
