// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.manager;

/**
 * One attribute of a mode as it is in force.
 *
 * @param value in words; of a secret only whether there is one
 */
record ModeValue(String name, String value, Source source) {

    /** Who says so. */
    enum Source {
        CONFIGURATION,
        /** The built-in mode. */
        MODE,
        CLUSTER
    }
}
