// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One session on a server, and what was in force when it was opened.
 *
 * @param epoch of its {@link Connections}, from before it was opened
 * @param alarm of theirs, from before it was opened
 * @param password the number of the password that opened it
 * @param backend the process that serves it there
 * @param serializable whether its transactions are, where nothing else is said; true where that is not known
 * @param born when it was opened, in {@link System#nanoTime}
 * @param part of its lifetime after which it is renewed: drawn, so that those that were opened together are not renewed
 *     together
 */
record ServerSession(
        Connection raw,
        int epoch,
        int alarm,
        int password,
        Backend backend,
        boolean serializable,
        long born,
        double part) {

    private static final double EARLIEST = 0.85;
    private static final double LATEST = 0.95;

    ServerSession(Connection raw, int epoch, int alarm, int password, Backend backend, boolean serializable) {
        this(
                raw,
                epoch,
                alarm,
                password,
                backend,
                serializable,
                System.nanoTime(),
                ThreadLocalRandom.current().nextDouble(EARLIEST, LATEST));
    }

    /** Whether it is time for another one, well before its end. A lifetime of zero does not end. */
    boolean isOld(Duration lifetime, long now) {
        return !lifetime.isZero() && now - born > lifetime.toNanos() * part;
    }
}
