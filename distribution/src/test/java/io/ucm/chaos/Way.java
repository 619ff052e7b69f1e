// SPDX-FileCopyrightText: 2026 The UCM authors
// SPDX-License-Identifier: Apache-2.0
package io.ucm.chaos;

/** Which of its two directions bytes take through a proxy. */
public enum Way {
    TO_SERVER,
    TO_CLIENT
}
