// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for what a server does not announce: asking again, every 5 ms where nothing else is said. Stateless. */
final class Waiting {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    @FunctionalInterface
    interface Condition<X extends Exception> {
        boolean holds() throws SQLException, InterruptedException, X;
    }

    @FunctionalInterface
    interface Pause {
        void take() throws InterruptedException;
    }

    private Waiting() {}

    /** Whether the condition came true within the limit. */
    static <X extends Exception> boolean until(Duration limit, Condition<X> condition)
            throws SQLException, InterruptedException, X {
        return until(limit, Waiting::park, condition);
    }

    /** The same, with another pause between two questions. */
    static <X extends Exception> boolean until(Duration limit, Pause pause, Condition<X> condition)
            throws SQLException, InterruptedException, X {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            pause.take();
        }
        return true;
    }

    private static void park() throws InterruptedException {
        LockSupport.parkNanos(PAUSE_NANOS);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
