// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** Who is served first when callers wait for a connection. Within one priority it is first come, first served. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW
}
