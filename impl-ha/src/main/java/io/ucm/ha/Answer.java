// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.api.Role;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a node said when it was asked.
 *
 * @param asked when the question was sent, as {@link System#nanoTime}
 * @param took how long the answer took
 * @param lsn written to disk on a primary, replayed on a replica
 * @param lagMs since what a replica replayed last; 0 when nothing is missing; null when it has replayed no transaction
 * @param quorum null when the role that asks may not see who streams
 * @param kept of a primary, who has what it has acknowledged
 * @param receivedTimeline the timeline that a replica receives now; null when it receives nothing
 * @param readOnly whether its configuration makes every transaction read-only, as in a switchover
 * @param switchover the one that did, or is about to, and who runs it; null: none
 * @param identity null when it could not be confirmed
 * @param unidentified why it could not
 * @param facts null where nobody promotes
 */
record Answer(
        Instant at,
        long asked,
        Duration took,
        Role role,
        Lsn lsn,
        @Nullable Long lagMs,
        @Nullable Quorum quorum,
        Kept kept,
        @Nullable Integer receivedTimeline,
        boolean readOnly,
        @Nullable String switchover,
        @Nullable Identity identity,
        @Nullable String unidentified,
        @Nullable Facts facts) {

    boolean primary() {
        return role == Role.PRIMARY;
    }
}
