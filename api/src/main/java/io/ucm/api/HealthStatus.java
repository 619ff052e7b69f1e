// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** How well something is, best first. */
public enum HealthStatus {
    OK,
    /** Works, and somebody should look. */
    WARN,
    /** Does not work now, and is expected to come back by itself. */
    TEMPORARILY_UNAVAILABLE,
    /** Does not work. */
    CRITICAL,
    /** The check itself failed. */
    HEALTH_CHECK_ERROR;

    /** The worse of the two. */
    public HealthStatus and(HealthStatus other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
