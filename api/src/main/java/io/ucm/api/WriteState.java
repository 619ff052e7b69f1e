// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.api;

/** What became of a write, for good. */
public enum WriteState {
    COMMITTED,
    /** It is not, and will not be. */
    NOT_COMMITTED
}
