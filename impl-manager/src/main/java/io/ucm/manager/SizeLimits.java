// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/** Between which sizes the autoscaler may choose; with the same twice, a pool stays as it is. */
record SizeLimits(int min, int max) {

    SizeLimits {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException("limits of the size: " + min + " to " + max
                    + ": the first must be at least 1, and the second not below it");
        }
    }

    int within(int size) {
        return Math.max(min, Math.min(max, size));
    }
}
