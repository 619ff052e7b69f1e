// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** What a caller wants to do, and with it which node may serve it. */
public enum Access {
    /** Reads and writes: the primary. */
    READ_WRITE,
    /** Reads only: the server refuses a write with SQLState 25006. */
    READ_ONLY
}
