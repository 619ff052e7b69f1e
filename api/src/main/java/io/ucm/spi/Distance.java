// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.spi;

/** How far away a replica is, by how long its answers to the watch take. */
public enum Distance {

    /** It is read, like the others that are. */
    NEAR,

    /** It is read where the near ones are full: it takes a multiple of their time. */
    FAR,

    /** It is not read: it takes longer than the operator wants. */
    TOO_FAR
}
