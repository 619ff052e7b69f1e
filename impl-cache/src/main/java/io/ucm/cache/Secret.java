// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.cache;

/** A text that must not be seen: it prints as stars. */
record Secret(String reveal) {

    @Override
    public String toString() {
        return "***";
    }
}
