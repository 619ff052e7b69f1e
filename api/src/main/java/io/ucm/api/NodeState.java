// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** Whether a node answers. */
public enum NodeState {
    UP,
    /** Failed once and is being looked at. */
    SUSPECT,
    DOWN,
    /** Not asked yet, or nobody may ask it. */
    UNKNOWN
}
