// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why something is not done, such as a promotion, logged once for each reason, when it has stood for a while: just after a
 * loss, what was told before it is told again. Used by one thread.
 */
final class Complaint {

    private static final Logger LOG = LoggerFactory.getLogger(Complaint.class);

    private final String cluster;
    private final String what;
    private final Duration patience;
    private @Nullable String reason;
    private long since;
    private @Nullable String told;

    /** @param what is not done */
    Complaint(String cluster, String what, Duration patience) {
        this.cluster = cluster;
        this.what = what;
        this.patience = patience;
    }

    /** Whether this reason has stood for so long that it is told. */
    boolean stands(@Nullable String why) {
        if (why == null || !why.equals(reason)) {
            reason = why;
            since = System.nanoTime();
        } else if (!why.equals(told) && System.nanoTime() - since >= patience.toNanos()) {
            told = why;
            LOG.warn("cluster '{}': {}: {}", cluster, what, why);
        }
        return why != null && why.equals(told);
    }

    void forget() {
        reason = null;
        told = null;
    }
}
