// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

import io.ucm.api.OutcomeUnknownException;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one {@link Call} has tried so far, and whether it is run again after a failure. Only where nothing was committed
 * for certain, and where the same work can succeed: after a serialization failure, a deadlock, a plan that no longer fits,
 * or a connection lost before COMMIT was sent. Used by one thread at a time.
 */
final class Replays {

    /** How a failed work goes on. */
    enum Way {
        /** Not at all: the caller gets the failure. */
        NOT,
        /** At once, on the connection that it has. */
        HERE,
        /** On another connection, after {@link #delayMs()}. */
        ELSEWHERE
    }

    /** So often it is tried where it is, before it makes room for others. */
    private static final int HERE_AT_MOST = 3;

    private static final long FIRST_DELAY_MS = 5;
    private static final long LONGEST_DELAY_MS = 250;

    private volatile int failures;
    private volatile @Nullable Throwable last;
    private boolean preparedAnew;
    private volatile int cuts;
    private volatile @Nullable Lane avoided;

    /**
     * @param lost what ended the connection; null while it is of use
     * @param at where it ran
     */
    Way after(Throwable failure, @Nullable SQLException lost, Lane at) {
        failures++;
        last = failure;
        if (failure instanceof OutcomeUnknownException) {
            return Way.NOT;
        }
        if (lost != null) {
            return SqlStates.tellsOfTheNode(lost) || SqlStates.READ_ONLY.equals(lost.getSQLState())
                    ? Way.ELSEWHERE
                    : Way.NOT;
        }
        SQLException sql = SqlStates.in(failure);
        if (sql == null) {
            return Way.NOT;
        }
        if (SqlStates.undone(sql) && !at.toPrimary()) {
            avoided = at;
            return Way.ELSEWHERE;
        }
        if (SqlStates.undone(sql)) {
            return failures < HERE_AT_MOST ? Way.HERE : Way.ELSEWHERE;
        }
        boolean again = SqlStates.stalePlan(sql) && !preparedAnew;
        preparedAnew |= again;
        return again ? Way.HERE : Way.NOT;
    }

    /** The replica whose recovery was in its way last: it goes on to be; null: there is none. */
    @Nullable
    Lane avoided() {
        return avoided;
    }

    /** It did not get a connection. */
    void unserved(Throwable failure) {
        failures++;
        last = failure;
    }

    /** Its statement ran into the mode's limit. Once, it may have been bad luck. */
    void cutShort(Throwable failure) {
        failures++;
        cuts++;
        last = failure;
    }

    /** How often its statement ran into the mode's limit. */
    int cuts() {
        return cuts;
    }

    /** Nothing at first; then a random part of a limit that doubles, so that those who clashed don't clash again. */
    long delayMs() {
        if (failures <= 1) {
            return 0;
        }
        long limit = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS << Math.min(failures - 1, 10));
        return ThreadLocalRandom.current().nextLong(limit + 1);
    }

    /** How often it failed. */
    int failures() {
        return failures;
    }

    /** What it failed with last. */
    @Nullable
    Throwable last() {
        return last;
    }
}
