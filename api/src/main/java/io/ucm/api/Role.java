// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** What a node is in its cluster, as it said itself when it was last asked. */
public enum Role {
    /** Takes writes. */
    PRIMARY,
    /** Follows a primary; reads only. */
    REPLICA,
    /** Has not answered yet. */
    UNKNOWN
}
