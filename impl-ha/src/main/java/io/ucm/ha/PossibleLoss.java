// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import io.ucm.spi.Epoch;
import io.ucm.spi.NodeStatus;
import org.jspecify.annotations.Nullable;

/** What a lost primary was seen to have written, and the history does not have that goes on without it. */
final class PossibleLoss {

    private PossibleLoss() {}

    /**
     * @param lost the last that was seen of it as the primary
     * @return null where nothing is known to be missing; it may have written more since it was looked at
     */
    static @Nullable String of(@Nullable NodeStatus lost, Epoch now) {
        if (lost == null || lost.lsn() == null || lost.timeline() == null) {
            return null;
        }
        Long end = lost.timeline() < now.timeline() ? now.ends().get(lost.timeline()) : null;
        long beyond = end == null ? 0 : Lsn.parse(lost.lsn()).bytesBeyond(new Lsn(end));
        return beyond == 0
                ? null
                : "%s had written up to %s, and timeline %d was left at %s: %d bytes are lost, with what was committed there%s"
                        .formatted(
                                lost.node().id(),
                                lost.lsn(),
                                lost.timeline(),
                                new Lsn(end),
                                beyond,
                                ", unless commits waited for a standby");
    }
}
