// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For how long the standbys of one primary have confirmed nothing of what it had written. That takes two of its answers: what
 * it had written at the first is not confirmed at the second, and nothing in between either. No clock of a server counts. Used
 * by one thread.
 */
final class Confirmations {

    /** How far they were when commits were first seen to wait, or when they last got on; null: no commit waits. */
    private @Nullable Lsn last;

    private long since;

    /**
     * @param names the value of synchronous_standby_names
     * @param confirmed how far each of its standbys that stream had, in any order
     * @param written by the primary
     * @param asked as {@link System#nanoTime}
     * @param answered the same
     */
    Quorum seen(String names, List<Lsn> confirmed, Lsn written, long asked, long answered) {
        int required = Quorum.required(names);
        Lsn byEnough = Kept.byEnough(required, confirmed);
        boolean waits = byEnough != null && byEnough.compareTo(written) < 0;
        if (!waits || last == null || byEnough.compareTo(last) > 0) {
            last = waits ? byEnough : null;
            since = answered;
            return new Quorum(required, confirmed.size());
        }
        return new Quorum(required, confirmed.size(), Duration.ofNanos(Math.max(0, asked - since)));
    }
}
