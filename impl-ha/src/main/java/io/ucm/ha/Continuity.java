// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.util.List;

/** Whether a new primary goes on with all that was committed, and so may have been read, on the one before. */
final class Continuity {

    private Continuity() {}

    /** Whether it is on a newer timeline than any that was known. */
    static boolean isNew(Seen primary, Standing before) {
        Remembered known = before.remembered();
        return known != null && known.primaryAccepted() && primary.identity().timeline() > known.timeline();
    }

    /**
     * Where commits waited for standbys, one of those that answer has them all, unless as many are away as had to confirm; and
     * whoever promotes takes the one that has most. What the old primary was seen to have written is there, too.
     */
    static boolean isWhole(Seen primary, Standing before, List<Seen> nodes) {
        long away = nodes.stream()
                .filter(node -> !node.up() && !node.id().equals(before.last()))
                .count();
        return before.required() > away && beyond(primary, before) == 0;
    }

    private static long beyond(Seen primary, Standing before) {
        Lsn written = before.written().latest();
        Lsn end = primary.identity().history().end(before.remembered().timeline());
        return written == null || end == null ? 0 : written.bytesBeyond(end);
    }
}
