// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whether one mode may use one node in one role, by how its last uses went. Asked and told with each use, so nothing may
 * block, and all of it together costs less than a microsecond. Thread-safe.
 */
@ConsumerType
public interface CallBreaker {

    /** How long it is likely to turn away, in nanoseconds; 0: it lets through. Takes nothing. */
    long retryAfter();

    /**
     * A use is about to begin: its leave, greater than 0, with which its end is told once. Less than 0, it is turned away: the
     * nanoseconds until another try is worth it, negated.
     */
    long enter();

    /**
     * It has come to its end.
     *
     * @param nanos how long its longest statement took
     * @param failure what the node did to it, its user's own errors included; null: nothing failed
     */
    void ended(long leave, long nanos, @Nullable SQLException failure);

    /** It was ended from outside, or got no connection: that tells nothing of the node, unless it had taken too long by then. */
    void interrupted(long leave, long nanos);
}
