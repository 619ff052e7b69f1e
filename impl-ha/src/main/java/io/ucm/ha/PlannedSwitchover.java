// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.ha;

/** One switchover, by whoever exchanges the roles. One thread runs it, once. */
interface PlannedSwitchover {

    /** Blocks until it is done; throws with the reason when it is not. */
    SwitchoverReport run();

    /** Ends it where that can still be done. Any thread. */
    void stop(Thread runner);
}
