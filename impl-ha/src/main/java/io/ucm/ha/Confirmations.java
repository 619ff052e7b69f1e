// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * For how long the standbys of one primary have not confirmed what it had written. That takes two of its answers: what it had
 * written at the first is confirmed at the second, unless commits wait. No clock of a server counts. Used by one thread.
 */
final class Confirmations {

    private @Nullable Lsn awaited;
    private long since;

    /**
     * @param names the value of synchronous_standby_names
     * @param confirmed how far each of its standbys that stream had, in any order
     * @param written by the primary
     * @param asked as {@link System#nanoTime}
     */
    Quorum seen(String names, List<Lsn> confirmed, Lsn written, long asked) {
        int required = Quorum.required(names);
        Lsn byEnough = byEnough(required, confirmed);
        if (byEnough == null || byEnough.compareTo(written) >= 0) {
            awaited = null;
            return new Quorum(required, confirmed.size());
        }
        if (awaited == null || byEnough.compareTo(awaited) >= 0) {
            awaited = written;
            since = asked;
        }
        return new Quorum(required, confirmed.size(), Duration.ofNanos(asked - since));
    }

    /** Null where nobody is waited for, or not enough stream. */
    private static @Nullable Lsn byEnough(int required, List<Lsn> confirmed) {
        return required == 0 || confirmed.size() < required
                ? null
                : confirmed.stream().sorted(Comparator.reverseOrder()).toList().get(required - 1);
    }
}
