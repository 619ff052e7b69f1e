// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs calls that took longer than the mode's limit, with who made them and where the time went; one line a second at
 * most, which says how many were left out. Neither SQL nor values are logged. Thread-safe.
 */
final class SlowCalls {

    private static final Logger LOG = LoggerFactory.getLogger(SlowCalls.class);

    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final Consumer<String> log;
    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private final LongAdder leftOut = new LongAdder();

    SlowCalls() {
        this(LOG::info);
    }

    /** @param log takes the lines */
    SlowCalls(Consumer<String> log) {
        this.log = log;
    }

    /**
     * A call was slow.
     *
     * @param now the time, in {@link System#nanoTime}
     * @param account who called where, and what took how long
     */
    void log(long now, Supplier<String> account) {
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + INTERVAL)) {
            leftOut.increment();
            return;
        }
        long more = leftOut.sumThenReset();
        log.accept("slow call: " + account.get() + (more == 0 ? "" : "; " + more + " more since the line before"));
    }
}
