// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

/**
 * Who a node sends its WAL to, as it says itself.
 *
 * @param name the application_name that it streams under, which anybody may choose
 * @param sync the sync_state
 * @param flushed how far it says that it has written to disk
 */
record Standby(String name, String state, String sync, Lsn flushed) {

    boolean streams() {
        return state.equals("streaming");
    }

    /** Whether a synchronous commit may have waited for it and nobody else. */
    boolean confirms() {
        return streams() && (sync.equals("quorum") || sync.equals("sync"));
    }
}
