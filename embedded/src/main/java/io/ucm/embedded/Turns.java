// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.embedded;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets those who change the servers do so one at a time for each node. Thread-safe; the threads are the callers'. Once
 * closed, it refuses, and what is under way is interrupted.
 */
final class Turns {

    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final Map<String, ReentrantLock> byNode = new ConcurrentHashMap<>();
    /** The callers that are inside; guarded by itself, as is {@code closed}. */
    private final Set<Thread> inside = ConcurrentHashMap.newKeySet();

    private boolean closed;

    /** Work that takes turns, and is to end when the servers stop. */
    <T> T inside(Callable<T> work) throws Exception {
        enter();
        try {
            return work.call();
        } catch (Exception e) {
            if (isClosed()) {
                throw new IllegalStateException("the embedded servers are stopping", e);
            }
            throw e;
        } finally {
            leave();
        }
    }

    /** What only one may do to that node at a time; first come, first served. By whoever is inside. */
    <T> T of(String node, Callable<T> work) throws Exception {
        ReentrantLock turn = byNode.computeIfAbsent(node, id -> new ReentrantLock(true));
        turn.lockInterruptibly();
        try {
            return work.call();
        } finally {
            turn.unlock();
        }
    }

    private void enter() {
        synchronized (inside) {
            if (closed) {
                throw new IllegalStateException("the embedded servers are stopping");
            }
            inside.add(Thread.currentThread());
        }
    }

    private void leave() {
        synchronized (inside) {
            inside.remove(Thread.currentThread());
            if (closed) {
                // The interrupt was this class's own.
                Thread.interrupted();
            }
        }
    }

    private boolean isClosed() {
        synchronized (inside) {
            return closed;
        }
    }

    /** Refuses from now on, and returns when nobody is inside any more, or after ten seconds. */
    void close() {
        synchronized (inside) {
            closed = true;
            inside.forEach(Thread::interrupt);
        }
        BoundedWait.uninterruptibly(END_LIMIT, inside::isEmpty);
    }
}
