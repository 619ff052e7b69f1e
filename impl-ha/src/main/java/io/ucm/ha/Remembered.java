// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

/**
 * The history that a cluster's writes belong to.
 *
 * @param timeline the newest that was accepted from a primary; 0 while none was
 * @param begin where that timeline began
 */
record Remembered(String systemId, int timeline, Lsn begin) {

    /** Whose cluster it is, before a primary was accepted. */
    static Remembered identity(String systemId) {
        return new Remembered(systemId, 0, Lsn.START);
    }

    boolean primaryAccepted() {
        return timeline > 0;
    }

    /** Whether that history goes on from this one. */
    boolean isPartOf(History history) {
        return !primaryAccepted() || history.contains(timeline, begin);
    }

    Remembered on(History history) {
        return new Remembered(systemId, history.timeline(), history.begin());
    }
}
