// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

/** The state of a circuit breaker. */
public enum BreakerState {
    /** Calls go through. */
    CLOSED,
    /** Calls are turned away. */
    OPEN,
    /** A few are let through, to see. */
    HALF_OPEN
}
